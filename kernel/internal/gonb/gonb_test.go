package gonb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The checklist in the package comment names files here and in GoNB; it is of use only if they exist.
func TestTheChecklistNamesFilesThatExist(t *testing.T) {
	content, err := os.ReadFile("gonb.go")
	if err != nil {
		t.Fatal(err)
	}
	comment, _, _ := strings.Cut(string(content), "\npackage gonb")
	for _, word := range strings.FieldsFunc(comment, func(r rune) bool { return strings.ContainsRune(" \n,:;()", r) }) {
		var path string
		switch {
		case strings.HasPrefix(word, "lib/") || strings.HasPrefix(word, "docs/"):
			path = filepath.Join("../../..", strings.TrimSuffix(word, "."))
		case strings.HasPrefix(word, "front/"):
			path = filepath.Join("..", word)
		case word == "start.go" || word == "process.go" || word == "go_command.go" || word == "input.go" || word == "output.go" || word == "scripts.go":
			path = word
		default:
			continue
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestCommandsOfGoNBAreToldFromThoseOfReaders(t *testing.T) {
	for line, want := range map[string]struct {
		gets   bool
		binary string
	}{
		"get":                               {true, ""},
		"get -t":                            {true, ""},
		"get example.com/x":                 {},
		"build -o /tmp/gonb_1/gonb_1 -race": {false, "/tmp/gonb_1/gonb_1"},
		"test -c -o /tmp/gonb_1/gonb_1":     {false, "/tmp/gonb_1/gonb_1"},
		"build -o /tmp/mine":                {},
		"build -o":                          {},
		"run -o /tmp/gonb_1/gonb_1":         {},
		"":                                  {},
	} {
		args := strings.Fields(line)
		if gets, binary := Gets(args), Binary(args); gets != want.gets || binary != want.binary {
			t.Errorf("%q: %v, %q", line, gets, binary)
		}
	}
}

func TestTheFolderOfAKernelIsTheOneWithAModule(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "a[b") // which is no pattern
	if _, err := Folder(temp); err == nil {
		t.Error("there is a folder before GoNB has made one")
	}
	folder := filepath.Join(temp, "gonb_1a2b3c4d")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "gonb_1a2b3c4d"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Folder(temp); got != folder {
		t.Errorf("the folder is %q, %v", got, err)
	}
	if made := Linked(temp); time.Since(made) > time.Minute {
		t.Errorf("the program is of %v", made)
	}
}

func TestLinesOfGoNBAreRecognized(t *testing.T) {
	for text, want := range map[string]string{
		"exit status 3\n": "exit status 3", "^C\nsignal: killed\n": "signal: killed", "signal: aborted (core dumped)\n": "signal: aborted (core dumped)",
		"exit status 3": "", "say exit status 3\n": "",
	} {
		if how, ok := Exited(text); how != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", text, how, ok)
		}
	}
	if command, ok := UnknownCommand(`"%nope x" unknown or not implemented yet.`); !ok || command != "%nope x" {
		t.Errorf("%q, %v", command, ok)
	}
}
