package kerneltest

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Builds reads the reports of the cells' go command about each get and build: direct, reused, or by the real go.
func Builds(t testing.TB, file string) (how []string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		var report struct{ Verb, How string }
		if err := json.Unmarshal([]byte(line), &report); err != nil {
			t.Fatal(err)
		}
		if report.Verb == "get" || report.Verb == "build" {
			how = append(how, report.Verb+" "+report.How)
		}
	}
	return how
}
