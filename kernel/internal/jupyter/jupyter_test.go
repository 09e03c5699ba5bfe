package jupyter

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func listen(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func TestAPortInUseIsAnErrorThatNamesTheFlag(t *testing.T) {
	port := listen(t)
	_, err := freePort(t.Context(), "127.0.0.1", port)
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(port)+" is in use") || !strings.Contains(err.Error(), "--port") {
		t.Errorf("error %v, want one that says the port is in use and names --port", err)
	}
}

func TestAnAddressOfAnotherMachineIsAnError(t *testing.T) {
	if _, err := freePort(t.Context(), "192.0.2.1", 0); err == nil || !strings.Contains(err.Error(), "--ip") {
		t.Errorf("error %v, want one that names --ip", err)
	}
}

func TestTheFirstPageIsEscaped(t *testing.T) {
	got := Lab{Notebook: filepath.Join("solutions", "05 primes#.ipynb")}.page()
	if want := "/lab/tree/solutions/05%20primes%23.ipynb"; got != want {
		t.Errorf("page %s, want %s", got, want)
	}
}

func TestABrowserReachesAServerOnAllAddressesByLoopback(t *testing.T) {
	for ip, want := range map[string]string{"0.0.0.0": "127.0.0.1", "::": "127.0.0.1", "127.0.0.1": "127.0.0.1", "localhost": "localhost"} {
		if got := browserHost(ip); got != want {
			t.Errorf("host for %s: %s, want %s", ip, got, want)
		}
	}
}

const executed = `{
 "cells": [
  {"cell_type": "markdown", "id": "p", "metadata": {"tags": ["papermill-error-cell-tag"]}, "source": "error below"},
  {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# A\n", "B"]},
  {"cell_type": "code", "id": "b", "execution_count": 3, "metadata": {"papermill": {"duration": 1.5}, "tags": []}, "source": "x",
   "outputs": [
    {"output_type": "stream", "name": "stderr", "text": ["\u001b[7m./main.go:3\u001b[0m: ", "undefined: x\n"]},
    {"output_type": "display_data", "data": {"text/html": ["<b>", "x</b>"], "application/json": {"a": 1}}, "metadata": {}},
    {"output_type": "error", "ename": "ERROR", "evalue": "failed to build", "traceback": []}
   ]}
 ],
 "metadata": {"papermill": {"exception": true}, "language_info": {"version": "go1.26"}},
 "nbformat": 4, "nbformat_minor": 5
}`

func TestAFailedCellIsNamedWithItsError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.ipynb")
	if err := os.WriteFile(path, []byte(executed), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "cell 2 (In [3]): ERROR: failed to build\n    ./main.go:3: undefined: x"
	if got := failedCell(path); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTextIsReadAsStringOrLines(t *testing.T) {
	book, err := ParseNotebook([]byte(executed))
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
	content, err := WithoutPapermill([]byte(executed))
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
	f.Add([]byte(executed))
	f.Add([]byte(`{"cells": [{"outputs": [{"data": {"a": [1]}}]}], "metadata": []}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if book, err := ParseNotebook(content); err == nil {
			for _, cell := range book.Cells {
				_ = cell.errorMessage()
			}
		}
		_, _ = WithoutPapermill(content)
	})
}
