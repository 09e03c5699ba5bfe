package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNamesOfProcessesAreReadWhole(t *testing.T) {
	const output = "    1     0 /sbin/launchd\n" +
		"  501     1 /Users/Ada King/Library/Caches/multiprocessing/tools-1/bin/gonb\n" +
		"  502   501 /Users/Ada King/Library/Caches/multiprocessing/tools-1/my program  \n" +
		"99999 99998 (sh)\nPID PPID COMM\n\n"
	want := []Process{
		{PID: 1, Parent: 0, Name: "launchd"}, {PID: 501, Parent: 1, Name: "gonb"}, {PID: 502, Parent: 501, Name: "my program"}, {PID: 99999, Parent: 99998, Name: "(sh)"},
	}
	if got := parsePS(output); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPSKnowsTheColumns(t *testing.T) {
	ps, err := exec.LookPath("ps")
	if err != nil {
		t.Skip("no ps; where it is needed it belongs to the system")
	}
	out, err := exec.Command(ps, "-axo", psColumns).Output()
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(self)
	i := slices.IndexFunc(parsePS(string(out)), func(p Process) bool { return p.PID == os.Getpid() })
	if i < 0 {
		t.Fatalf("this process is not in\n%s", out)
	}
	if p := parsePS(string(out))[i]; p.Parent != os.Getppid() || !strings.HasPrefix(name, p.Name) { // Linux cuts the name
		t.Errorf("got %+v, want %s with parent %d", p, name, os.Getppid())
	}
}
