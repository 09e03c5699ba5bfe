package lib

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestTheVersionIsAHashOfAllSourcesOfTheLibrary(t *testing.T) {
	if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(Version()) || Version() != Version() {
		t.Errorf("got %q", Version())
	}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(path, "/") && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			if _, missing := sources.ReadFile(path); missing != nil {
				t.Errorf("it does not cover %s", path)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
