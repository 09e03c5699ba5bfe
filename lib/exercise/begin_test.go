package exercise

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestEveryCheckHandsItsVerdictOver(t *testing.T) {
	check := regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(.*\) \(verdict Verdict\) \{\n\tdefer begin\("(\w+)", `)
	any := regexp.MustCompile(`(?m)^func [A-Z]\w*\(.*Verdict\)? \{$`)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	checks, all := 0, 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		content, err := os.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range check.FindAllSubmatch(content, -1) {
			if checks++; string(found[1]) != string(found[2]) {
				t.Errorf("%s hands its verdict over as %s", found[1], found[2])
			}
		}
		all += len(any.FindAll(content, -1))
	}
	if checks < 11 || checks != all {
		t.Errorf("%d of %d checks hand their verdicts over", checks, all)
	}
}
