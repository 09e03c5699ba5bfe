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

func FuzzNotebooksNeverPanic(f *testing.F) {
	f.Add(executed(f))
	f.Add([]byte(`{"cells": [{"outputs": [{"data": {"a": [1]}}]}], "metadata": []}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if book, err := Parse(content); err == nil {
			for _, cell := range book.Cells {
				_ = cell.ErrorMessage()
			}
		}
		_, _ = WithoutPapermill(content)
	})
}
