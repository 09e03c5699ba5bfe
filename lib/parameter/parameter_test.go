package parameter

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
)

// outcome runs a check, and returns what it wrote and its exit status.
func outcome(t *testing.T, check func()) (text string, status int) {
	t.Helper()
	t.Setenv(envvar.Refused, "")
	kept := program
	defer func() { program = kept }()
	var stderr bytes.Buffer
	program.stderr, program.exit = &stderr, func(s int) { status = s }
	check()
	return stderr.String(), status
}

func TestAValueInItsRangePasses(t *testing.T) {
	for _, check := range []func(){
		func() { Between("workers", 1, 1, 64) },
		func() { Between("workers", 64, 1, 64) },
		func() { Between("share", 0.5, 0, 1) },
		func() { OneOf("language", "go", "go", "python") },
	} {
		if text, status := outcome(t, check); text != "" || status != 0 {
			t.Errorf("exit status %d, %q", status, text)
		}
	}
}

func TestAValueOutOfItsRangeEndsTheCellAndSaysTheRange(t *testing.T) {
	const after = "; change it in the parameters cell, run that cell, then this one\n"
	for want, check := range map[string]func(){
		"parameter: workers (int) must be from 1 to 64, got 0":                      func() { Between("workers", 0, 1, 64) },
		"parameter: workers (int) must be from 1 to 64, got 65":                     func() { Between("workers", 65, 1, 64) },
		"parameter: share (float64) must be from 0 to 1, got NaN":                   func() { Between("share", math.NaN(), 0, 1) },
		`parameter: language (string) must be one of "go", "python"; got "fortran"`: func() { OneOf("language", "fortran", "go", "python") },
	} {
		if text, status := outcome(t, check); text != want+after || status != 1 {
			t.Errorf("exit status %d, %q, want %q", status, text, want+after)
		}
	}
}

func TestTheKernelIsToldInPlaceOfTheReader(t *testing.T) {
	kept := program
	defer func() { program = kept }()
	var stderr bytes.Buffer
	program.stderr, program.exit = &stderr, func(int) {}
	path := filepath.Join(t.TempDir(), "refused")
	t.Setenv(envvar.Refused, path)
	Between("workers", 65, 1, 64)
	line, err := os.ReadFile(path)
	if err != nil || stderr.Len() > 0 || !strings.HasPrefix(string(line), "workers (int) must be from 1 to 64, got 65; ") {
		t.Errorf("told the kernel %q, %v, and the reader %q", line, err, &stderr)
	}
}

func ExampleBetween() {
	program.stderr, program.exit = os.Stdout, func(status int) { fmt.Println("exit status", status) }
	workers := 100
	Between("workers", workers, 1, 64)
	// Output:
	// parameter: workers (int) must be from 1 to 64, got 100; change it in the parameters cell, run that cell, then this one
	// exit status 1
}
