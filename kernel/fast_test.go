package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/setup"
)

func TestCellsAreBuiltDirectlyAndOnlyOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "builds")
	const cell = "import \"multiprocessing/lib/primes\"\n\n%%\nfmt.Println(primes.Nth(4))"
	printed := executeAll(t, "%env MULTIPROCESSING_BUILDS "+file+"\n%%\nfmt.Println(1)", cell, cell, "%env MULTIPROCESSING_FAST off\n"+cell)
	if want := []string{"7\n", "7\n"}; !slices.Equal(printed[1:3], want) {
		t.Errorf("the cells printed %q, want %q", printed[1:3], want)
	}
	want := []string{"get direct", "build direct", "get direct", "build direct", "get direct", "build reused", "get go", "build go"}
	if how := kerneltest.Builds(t, file); !slices.Equal(how, want) {
		t.Errorf("built %q, want %q", how, want)
	}
}

func TestAnImportThatIsNotPinnedIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	path := notebook(t, "import \"example.com/new/thing\"\n\n%%\nthing.Do()")
	cmd := exec.CommandContext(t.Context(), env.VenvPython(), "testdata/execute.py", path)
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"example.com/new/thing", "no module that the cell's go.mod requires has it", "!*go get example.com/new/thing"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%q is not in what the cell says:\n%s", want, said)
		}
	}
}

// Programs as GoNB makes them of cells, with what cells of the course import.
var programs = map[string]string{
	"primes": `package main

import (
	"fmt"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/primes"
)

func main() { fmt.Println(pool.Map(pool.New(2), []int{1, 2, 3, 20000}, primes.NthCountingOne)) }
`,
	"table": `package main

import (
	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display"
)

func main() { display.Table(dataframe.New(series.New([]float64{1.5, 2}, series.Float, "x ms"))) }
`,
	"processes": `package main

import (
	"context"
	"fmt"

	"multiprocessing/lib/process"
)

var double = process.Register("double", func(n int) int { return 2 * n })

func main() {
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		panic(err)
	}
	defer p.Close()
	fmt.Println(process.Map(context.Background(), p, []int{1, 2, 3}, double))
}
`,
	"network": `package main

import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	_, err := net.Listen("tcp", "nowhere")
	_, other := user.Lookup("no such user")
	fmt.Println(err, other)
}
`,
}

func TestAProgramThatIsBuiltDirectlyIsAsTheRealGoBuildsIt(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	cellGo := filepath.Join(env.BinFolder(), "go")
	for name, source := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, file := t.TempDir(), filepath.Join(t.TempDir(), "builds")
			command := func(fast string, args ...string) string {
				cmd := exec.CommandContext(t.Context(), cellGo, args...)
				cmd.Dir, cmd.Env = folder, os.Environ()
				for name, value := range env.CellEnv(os.Getenv("PATH")) {
					cmd.Env = append(cmd.Env, name+"="+value)
				}
				cmd.Env = append(cmd.Env, "MULTIPROCESSING_BUILDS="+file, "MULTIPROCESSING_FAST="+fast)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("go %s: %v\n%s", args[0], err, out)
				}
				return string(out)
			}
			command("", "mod", "init", "gonb_1")
			if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			said := map[string]string{}
			for _, fast := range []string{"", "off"} {
				binary := filepath.Join(folder, "gonb_1")
				command(fast, "get")
				command(fast, "build", "-o", binary)
				out, err := exec.CommandContext(t.Context(), binary).CombinedOutput()
				said[fast] = fmt.Sprintf("%s%v\n%s", out, err, command("off", "version", "-m", binary))
			}
			if said[""] != said["off"] {
				t.Errorf("built directly:\n%s\nby the real go:\n%s", said[""], said["off"])
			}
			if how, want := kerneltest.Builds(t, file), []string{"get direct", "build direct", "get go", "build go"}; !slices.Equal(how, want) {
				t.Errorf("built %q, want %q", how, want)
			}
		})
	}
}
