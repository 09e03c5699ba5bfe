package coursebook

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// executed is a notebook as papermill leaves it when a cell has failed.
func executed(t testing.TB) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "failed.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTextIsReadAsStringOrLines(t *testing.T) {
	book, err := Parse(executed(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := book.Cells[1].Source; got != "# A\nB" {
		t.Errorf("source %q", got)
	}
	data := book.Cells[2].Outputs[1].Data
	if data["text/html"] != "<b>x</b>" || data["application/json"] != `{"a": 1}` {
		t.Errorf("data %v", data)
	}
}

func TestPapermillsNotesAreDropped(t *testing.T) {
	content, err := Kept(executed(t))
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for _, gone := range []string{`"papermill": {`, `"tags": []`} {
		if strings.Contains(text, gone) {
			t.Errorf("%s is still there", gone)
		}
	}
	for _, kept := range []string{`"text/html": [`, "<b>", `"nbformat_minor": 5`, "\n \"cells\": ["} {
		if !strings.Contains(text, kept) {
			t.Errorf("%s is lost or changed in\n%s", kept, text)
		}
	}
	again, err := Kept(content)
	if err != nil || string(again) != text {
		t.Error("a second time changes the notebook")
	}
}

func TestWhatACellPrintsIsKeptInOnePiece(t *testing.T) {
	content, err := Kept([]byte(`{"cells": [{"cell_type": "code", "outputs": [
		{"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
		{"output_type": "stream", "name": "stdout", "text": "c\n"},
		{"output_type": "stream", "name": "stderr", "text": ["d\n"]},
		{"output_type": "display_data"},
		{"output_type": "stream", "name": "stderr", "text": ["e\n"]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	book, err := Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, output := range book.Cells[0].Outputs {
		got = append(got, output.Name+":"+string(output.Text))
	}
	if want := []string{"stdout:a\nbc\n", "stderr:d\n", ":", "stderr:e\n"}; !slices.Equal(got, want) {
		t.Errorf("outputs %q, want %q", got, want)
	}
}

func TestAnEditAfterTheRunIsSeen(t *testing.T) {
	const source = `{"cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "%s"}], "metadata": %s}`
	kept, err := Kept(fmt.Appendf(nil, source, "var x = 1", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	ran, err := Parse(kept)
	if err != nil || !ran.IsExecuted() {
		t.Fatalf("a notebook that was run counts as not run: %v", err)
	}
	edited := strings.Replace(string(kept), "var x = 1", "var x = 2", 1)
	if book, err := Parse([]byte(edited)); err != nil || book.IsExecuted() {
		t.Errorf("an edited code cell counts as run: %v", err)
	}
	if book, _ := Parse(fmt.Appendf(nil, source, "var x = 1", "{}")); book.IsExecuted() {
		t.Error("a notebook that never ran counts as run")
	}
	if book, _ := Parse([]byte(strings.Replace(string(kept), `"x"`, `"y"`, 1))); !book.IsExecuted() {
		t.Error("an edited markdown cell makes the outputs old")
	}
}

func TestTheLineThatSaysMostTellsOfAnError(t *testing.T) {
	for _, test := range []struct{ value, stderr, want string }{
		{"exit status 2", "a\npanic: lost\n\ngoroutine 1 [running]:\nexit status 2\n", "panic: lost"},
		{"# gonb_1\n./main.go:11:13: undefined: x\n", "", "./main.go:11:13: undefined: x"},
		{"exit status 3", "warming\nno such file\nexit status 3\n", "ERROR: exit status 3: no such file"},
		{"exit status 3", "exit status 3\n", "ERROR: exit status 3"},
		{"signal: killed", "", "ERROR: signal: killed"},
	} {
		cell := Cell{Outputs: []Output{
			{Type: "stream", Name: "stderr", Text: Lines(test.stderr)},
			{Type: "error", ErrorName: "ERROR", Error: test.value},
		}}
		if got := cell.ErrorLine(); got != test.want {
			t.Errorf("%q and %q: got %q, want %q", test.value, test.stderr, got, test.want)
		}
	}
}

func FuzzNotebooksNeverPanic(f *testing.F) {
	f.Add(executed(f))
	f.Add([]byte(`{"cells": [{"outputs": [{"data": {"a": [1]}}]}], "metadata": []}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if book, err := Parse(content); err == nil {
			for _, cell := range book.Cells {
				_, _ = cell.ErrorLine(), cell.Failed()
			}
		}
		_, _ = Kept(content)
	})
}
