package lib_test

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// mostGeneric is how many bytes of machine code of the library and of what it
// uses a program like testdata/generic may have to translate. They are 33,000
// on amd64. With pools, queues and clusters that were generic throughout they
// were 350,000, which took most of the time that a cell needs to be
// built.
const mostGeneric = 45_000

// TestProgramsTranslateLittleOfTheLibrary adds up what the compiler makes of
// package main that belongs to other packages: their generic functions.
func TestProgramsTranslateLittleOfTheLibrary(t *testing.T) {
	archive := strings.TrimSpace(output(t, "go", "list", "-export", "-f", "{{.Export}}", "./testdata/generic"))
	bytes := 0
	for line := range strings.Lines(output(t, "go", "tool", "nm", "-size", archive)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[2] != "T" || !strings.Contains(fields[3], "/") || strings.HasPrefix(fields[3], "main.") {
			continue
		}
		size, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		bytes += size
	}
	t.Logf("%d bytes", bytes)
	if bytes == 0 || bytes > mostGeneric {
		t.Errorf("a program translates %d bytes of the library's generic functions, want 1 to %d", bytes, mostGeneric)
	}
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}
