package coursebook

import (
	"strings"
	"testing"
)

const (
	rest     = `, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`
	goodCell = `{"cell_type": "code", "source": ["a\n", "b"], "metadata": {"tags": ["x"]}, "outputs": [{"output_type": "stream", "name": "stdout", "text": ""}], "execution_count": null}`
)

func TestAMalformedNotebookIsRefusedInOneLine(t *testing.T) {
	cell := func(replace, by string) string {
		return `{"cells": [` + goodCell + `, ` + strings.Replace(goodCell, replace, by, 1) + `]` + rest
	}
	for content, want := range map[string]string{
		"":                                     "the file is empty",
		"[]":                                   "it is a JSON array; want an object",
		"null":                                 "it has no number nbformat",
		"{}":                                   "it has no number nbformat",
		"{\n\n\"cells\": [}":                   "line 3: invalid character",
		`{"cells": []` + rest + "\nx":          "line 2: invalid character",
		`{"cells": [`:                          "line 1: unexpected end",
		`{"nbformat": 3, "worksheets": []}`:    "its nbformat is 3; want 4",
		`{"nbformat": 5}`:                      "its nbformat is 5; want 4",
		`{"nbformat": "4"}`:                    "its nbformat is a JSON string",
		`{"cells": [], "nbformat": 4}`:         "it has no metadata",
		`{"metadata": {}, "nbformat": 4}`:      "it has no cells",
		`{"cells": {}` + rest:                  "its cells is a JSON object",
		`{"cells": [null]` + rest:              "cell 1 is malformed",
		`{"cells": [3]` + rest:                 "cell 1 is malformed",
		cell(`"code"`, `"heading"`):            `cell 2 has the cell_type "heading"`,
		cell(`"cell_type": "code", `, ``):      `cell 2 has the cell_type ""`,
		cell(`["a\n", "b"]`, `3`):              "cell 2 has no source",
		cell(`["a\n", "b"]`, `[3]`):            "cell 2 has no source",
		cell(`["a\n", "b"]`, `[null]`):         "cell 2 has no source",
		cell(`"source"`, `"input"`):            "cell 2 has no source",
		cell(`{"tags": ["x"]}`, `null`):        "cell 2 has no metadata",
		cell(`["x"]`, `"x"`):                   "cell 2 has tags",
		cell(`"outputs": [`, `"results": [`):   "cell 2 has no list of outputs",
		cell(`"output_type"`, `"type"`):        "cell 2 has an output without",
		cell(`{"output_type"`, `null, {"x"`):   "cell 2 has an output without",
		cell(`"outputs": [`, `"outputs": [3,`): "cell 2 is malformed",
	} {
		err := Check([]byte(content))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line %q", content, err, want)
		}
	}
}

func TestANotebookThatJupyterExecutesIsAccepted(t *testing.T) {
	for _, content := range []string{
		string(executed(t)),
		`{"cells": [` + goodCell + `]` + rest,
		`{"cells": []` + rest,
		`{"cells": [{"cell_type": "markdown", "source": "", "metadata": {}}, {"cell_type": "code", "source": [], "metadata": {}, "outputs": []}]` + rest,
	} {
		if err := Check([]byte(content)); err != nil {
			t.Errorf("%s: %v", content, err)
		}
	}
}
