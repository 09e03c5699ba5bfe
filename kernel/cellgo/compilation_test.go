package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
)

// usualCell writes a cell that needs no real go command, and returns its folder and what GoNB calls go build with.
func usualCell(t *testing.T) (folder string, args []string) {
	t.Helper()
	folder = t.TempDir()
	write(t, filepath.Join(folder, "go.mod"), "module gonb_1\n\ngo 1.26.0\n")
	write(t, filepath.Join(folder, "main.go"), "package main\n\nimport \"fmt\"\n\n//go:noinline\nfunc main() { fmt.Println() }\n")
	t.Setenv("GOTOOLCHAIN", "local")
	t.Setenv("GOWORK", "")
	t.Setenv("GOFLAGS", "")
	return folder, []string{"build", "-o", filepath.Join(folder, "gonb_1")}
}

func TestAUsualCellNeedsNoRealGo(t *testing.T) {
	folder, args := usualCell(t)
	c, err := readCompilation(folder, append(args, "-tags=a,b", "-ldflags=-s -w"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.imports, []string{"fmt"}) || !slices.Equal(c.flags, []string{"-tags=a,b", "-ldflags=-s -w"}) {
		t.Errorf("imports %q, flags %q", c.imports, c.flags)
	}
}

func TestWhatIsUnusualIsLeftToTheRealGo(t *testing.T) {
	file := func(name, content string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			t.Helper()
			if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, name), content)
		}
	}
	setting := func(name, value string) func(*testing.T, string) {
		return func(t *testing.T, _ string) { t.Setenv(name, value) }
	}
	for name, change := range map[string]func(*testing.T, string){
		"C":                       file("main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n"),
		"an embedded file":        file("main.go", "package main\n\nimport _ \"embed\"\n\n//go:embed x\nvar x string\n\nfunc main() {}\n"),
		"a linkname":              file("main.go", "package main\n\nimport _ \"unsafe\"\n\n//go:linkname f runtime.f\nfunc f()\n\nfunc main() {}\n"),
		"a build constraint":      file("main.go", "//go:build linux\n\npackage main\n\nfunc main() {}\n"),
		"an old build constraint": file("main.go", "// +build linux\n\npackage main\n\nfunc main() {}\n"),
		"a debug directive":       file("main.go", "//go:debug panicnil=1\n\npackage main\n\nfunc main() {}\n"),
		"a syntax error":          file("main.go", "package main\n\nimport (\n"),
		"a second file":           file("other.go", "package main\n"),
		"an assembly file":        file("x.s", ""),
		"an object file":          file("x.syso", ""),
		"a profile":               file("default.pgo", ""),
		"vendored modules":        file("vendor/modules.txt", ""),
		"a workspace":             file("go.work", "go 1.26\n"),
		"version control":         file(".git/HEAD", ""),
		"a relative replacement":  file("go.mod", "module gonb_1\n\nreplace a.b/c => ../c\n"),
		"a broken go.mod":         file("go.mod", "module"),
		"a go.mod without a name": file("go.mod", "go 1.26\n"),
		"no go.mod":               func(t *testing.T, folder string) { os.Remove(filepath.Join(folder, "go.mod")) },
		"another system":          setting("GOOS", "js"),
		"another architecture":    setting("GOARCH", "wasm"),
		"a named workspace":       setting("GOWORK", "/x/go.work"),
		"no modules":              setting("GO111MODULE", "off"),
		"another kind of build":   setting("GOFLAGS", "-race"),
		"another toolchain":       setting("GOTOOLCHAIN", "auto"),
		"another Go":              setting("GOROOT", "/x"),
		"a cache program":         setting("GOCACHEPROG", "x"),
		"certified cryptography":  setting("GOFIPS140", "latest"),
		"a folder in its place": func(t *testing.T, folder string) {
			if err := os.Mkdir(filepath.Join(folder, "gonb_1"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, args := usualCell(t)
			change(t, folder)
			if _, err := readCompilation(folder, args); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestFlagsThatChangeMoreAreLeftToTheRealGo(t *testing.T) {
	folder, args := usualCell(t)
	for _, flag := range []string{"-race", "-cover", "-msan", "-trimpath", "-gcflags=-N", "-gcflags=all=-dwarf=false -N", "-ldflags=-X main.x=1", "-ldflags=-w -linkmode=external", "-tags", "-tags=", "-mod=mod", "-o=x", "./x", "-ldflags='-w"} {
		if _, err := readCompilation(folder, append(slices.Clone(args), flag)); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%s: error %v, want one that names it", flag, err)
		}
	}
	for _, args := range [][]string{nil, {"build"}, {"build", "."}, {"build", "-o", "relative"}, {"test", "-c", "-o", "/x"}} {
		if _, err := readCompilation(folder, args); err == nil {
			t.Errorf("%q is taken for a build of GoNB's", args)
		}
	}
}

func goRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestEachSettingOfGoIsInTheKeyButThoseOfProgramsAndDownloads(t *testing.T) {
	folder, args := usualCell(t)
	t.Setenv(envvar.Go, filepath.Join(goRoot(t), "bin", "go"))
	key := func() string {
		c, err := readCompilation(folder, args)
		if err != nil {
			t.Fatal(err)
		}
		key, err := c.key()
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	before := key()
	for name, want := range map[string]bool{
		"GOAMD64": true, "GOEXPERIMENT": true, "CGO_ENABLED": true, "CGO_CFLAGS": true, "CC": true, "GODEBUG": true, "GOANYTHINGNEW": true,
		"GOMAXPROCS": false, "GOGC": false, "GOPROXY": false, "GONB_TMP_DIR": false, "LANG": false,
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "1")
			if changed := key() != before; changed != want {
				t.Errorf("changes the key: %v, want %v", changed, want)
			}
		})
	}
	write(t, filepath.Join(folder, "go.mod"), "module gonb_2\n\ngo 1.26.0\n")
	if key() != before {
		t.Error("the name of the cell's module changes the key")
	}
	write(t, filepath.Join(folder, "go.mod"), "module gonb_1\n\ngo 1.26.1\n")
	if key() == before {
		t.Error("the language version does not change the key")
	}
}
