package direct

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"multiprocessing/internal/envvar"
	"multiprocessing/internal/verdict"
)

func TestAVerdictIsShownOnlyToARunThatCollectsVerdicts(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(envvar.Displays, folder)
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	before := Stdout
	Stdout = out
	t.Cleanup(func() { Stdout = before; out.Close() })
	v := verdict.Verdict{Exercise: "PrimeTable", Right: true, Message: "the <primes> are \"in order\".", Seconds: 0.5}
	Report(v)
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("shown %v, %v", files, err)
	}
	t.Setenv(envvar.Verdicts, "on")
	Report(v)
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("shown %v, %v", files, err)
	}
	content, err := os.ReadFile(files[0])
	var shown struct{ Data map[string]verdict.Verdict }
	if err := errors.Join(err, json.Unmarshal(content, &shown)); err != nil || len(shown.Data) != 1 || shown.Data[verdict.MIME] != v {
		t.Errorf("shown %s, %v", content, err)
	}
}
