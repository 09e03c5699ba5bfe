package coursebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Check returns an error, in one line, if content is no notebook that Jupyter's programs execute. They would report it
// by a traceback, or execute something else.
func Check(content []byte) error {
	var book struct {
		Version  int               `json:"nbformat"`
		Metadata map[string]any    `json:"metadata"`
		Cells    []json.RawMessage `json:"cells"`
	}
	if err := decodeInto(&book, content); err != nil {
		return err
	}
	switch {
	case book.Version == 0:
		return errors.New("it has no number nbformat")
	case book.Version != 4:
		return fmt.Errorf("its nbformat is %d; want 4: save it anew in JupyterLab", book.Version)
	case book.Metadata == nil:
		return errors.New("it has no metadata")
	case book.Cells == nil:
		return errors.New("it has no cells")
	}
	for i, cell := range book.Cells {
		if err := checkCell(cell); err != nil {
			return fmt.Errorf("cell %d %w", i+1, err)
		}
	}
	return nil
}

// decodeInto decodes JSON, and says in which line it is wrong.
func decodeInto(value any, content []byte) error {
	err := json.Unmarshal(content, value)
	at := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return errors.New("the file is empty")
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("it is a JSON %s; want an object", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("its %s is a JSON %s", kind.Field, kind.Value)
	}
	if at < 0 || at > int64(len(content)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(content[:at], []byte("\n")), err)
}

func checkCell(content json.RawMessage) error {
	var cell struct {
		Type     string          `json:"cell_type"`
		Source   json.RawMessage `json:"source"`
		Metadata map[string]json.RawMessage
		Outputs  []*Output
	}
	if json.Unmarshal(content, &cell) != nil || string(content) == "null" {
		return errors.New("is malformed")
	}
	switch {
	case !slices.Contains([]string{"code", "markdown", "raw"}, cell.Type):
		return fmt.Errorf("has the cell_type %q; want code, markdown or raw", cell.Type)
	case !isText(cell.Source):
		return errors.New("has no source: want a string, or a list of strings")
	case cell.Metadata == nil:
		return errors.New("has no metadata")
	case !isNames(cell.Metadata["tags"]):
		return errors.New("has tags that are no list of strings")
	case cell.Type == "code" && cell.Outputs == nil:
		return errors.New("has no list of outputs")
	}
	for _, output := range cell.Outputs {
		if output == nil || output.Type == "" {
			return errors.New("has an output without an output_type")
		}
	}
	return nil
}

func isText(content json.RawMessage) bool {
	var text *string
	return json.Unmarshal(content, &text) == nil && text != nil || content != nil && isNames(content)
}

// isNames reports whether content is a list of strings, or nothing.
func isNames(content json.RawMessage) bool {
	var names []*string
	if content == nil {
		return true
	}
	return json.Unmarshal(content, &names) == nil && names != nil && !slices.Contains(names, nil)
}
