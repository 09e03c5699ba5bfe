package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// written writes a notebook with a cell that shows a picture and a text that links to it.
func written(t *testing.T, title string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "n.ipynb")
	content := `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
		{"cell_type": "code", "id": "measured", "metadata": {}, "execution_count": 1, "source": "", "outputs": [
			{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<svg viewBox='0 0 9 9'><title>table</title></svg>"}},
			{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<p><svg viewBox='0 0 9 9'><title>` + title + `</title></svg></p>"}}]},
		{"cell_type": "markdown", "id": "text", "metadata": {}, "source": "![It](reference/measured.svg)"}]}`
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheLastPictureOfACellIsStoredOnWhite(t *testing.T) {
	path := written(t, "times")
	if err := save(path); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(filepath.Join(filepath.Dir(path), "reference", "measured.svg"))
	if err != nil || !strings.Contains(string(svg), "<title>times</title>") || !strings.Contains(string(svg), `fill="white"`) {
		t.Errorf("%v: %s", err, svg)
	}
}

func TestAPictureOfABusyMachineIsRefused(t *testing.T) {
	path := written(t, "0.9 of 2 cores were free: not a result")
	if err := save(path); err == nil || !strings.Contains(err.Error(), "cell measured: its picture is not a result: execute") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "reference")); err == nil {
		t.Error("it was stored")
	}
}
