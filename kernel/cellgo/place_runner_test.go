//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cell"
)

// However a cell is built, and however often, GoNB finds the runner, and the runner finds the program.
func TestTheRunnerStandsInPlaceOfTheProgram(t *testing.T) {
	program := cell.Complete + "package main\n\nfunc main() { println(1) }\n"
	d := placed(t, program)
	runner := filepath.Join(t.TempDir(), "run")
	const script = "#!/bin/sh\nexec \"$0.program\" \"$@\"\n"
	if err := os.WriteFile(runner, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	d.settings[envvar.Runner] = runner
	for _, how := range []string{direct, reusing, byGo, reusing, byGo} {
		d.settings[envvar.Fast] = map[string]string{byGo: "off"}[how]
		d.next(program)
		d.wants(how, "1\n")
		if target, err := os.Readlink(d.binary()); err != nil || target != runner {
			t.Errorf("GoNB finds %s, %v", target, err)
		}
		if content, err := os.ReadFile(runner); err != nil || string(content) != script {
			t.Errorf("the runner has become %.20q, %v", content, err)
		}
	}
}

func TestAProgramWithGonbuiGetsWhatShowsInOrder(t *testing.T) {
	const begin = cell.Complete + "package main\n"
	for imports, added := range map[string]bool{
		"\nimport \"github.com/janpfeifer/gonb/gonbui\"\n": true, "\nimport x \"github.com/janpfeifer/gonb/gonbui/widgets\"\n": true,
		"\nimport \"fmt\"\n": false, "\nimport \"github.com/janpfeifer/gonb/gonbuilder\"\n": false, "\nconst s = \"github.com/janpfeifer/gonb/gonbui\"\n": false,
	} {
		want := begin + imports
		if added {
			want = begin + "import _ \"multiprocessing/lib/display/fromgonbui\"\n" + imports
		}
		if got := string(withGonbui([]byte(begin + imports))); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
