package nbformat

import (
	"os"
	"path/filepath"
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
	content, err := WithoutPapermill(executed(t))
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
	again, err := WithoutPapermill(content)
	if err != nil || string(again) != text {
		t.Error("a second time changes the notebook")
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
		_, _ = WithoutPapermill(content)
	})
}
