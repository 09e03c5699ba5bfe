package lib_test

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// maxGenericCode limits the machine code, in bytes, that the compiler generates
// in package main for generic functions of other packages: 33,000 on amd64. It
// was 350,000 with fully generic pools, queues and clusters, and took most of a
// cell's build time.
const maxGenericCode = 45_000

// TestProgramsInstantiateLittleOfTheLibrary adds up the functions of other
// packages in the compiled package main.
func TestProgramsInstantiateLittleOfTheLibrary(t *testing.T) {
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
	if bytes == 0 || bytes > maxGenericCode {
		t.Errorf("testdata/generic has %d bytes of instantiated library code, want 1 to %d", bytes, maxGenericCode)
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
