package setup

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatIsCopiedOfABuildCacheIsFoundThere(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	built := filepath.Join(from, "cd", "cd02-d")
	write(t, built, "compiled")
	write(t, filepath.Join(from, "ab", "ab01-a"), "v1 ab01 cd02 8 1700000000\n")
	write(t, filepath.Join(from, "ab", "ab03-a"), "v1 ab03 ef04 8 1700000000\n")
	write(t, filepath.Join(from, "ef", "ef04-d"), "of no use")
	write(t, filepath.Join(from, "ab", "ab05-a"), "")
	if err := copyBuilt(from, to, []string{built}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"cd/cd02-d": "compiled", "ab/ab01-a": "v1 ab01 cd02 8 1700000000\n", "ab/ab03-a": "", "ef/ef04-d": "", "ab/ab05-a": ""} {
		if got, err := os.ReadFile(filepath.Join(to, name)); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}
