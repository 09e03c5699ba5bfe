package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/setup"
)

// binary is the kernel command, built for these tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "kernel-test-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	defer kerneltest.OwnHistory()()
	binary = filepath.Join(folder, "kernel")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// setUp returns the environment that notebooks run in.
func setUp(t testing.TB) *setup.Environment {
	t.Helper()
	return kerneltest.SetUp(t, "..")
}

// result is what a run of the command gave.
type result struct {
	stdout, stderr string
	code           int
}

// kernel runs the command in the checkout, with settings on top of the environment.
func kernel(t *testing.T, settings []string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), settings...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// wantError checks that the command failed with one line that has all the words.
func (r result) wantError(t *testing.T, words ...string) {
	t.Helper()
	if r.code != 1 {
		t.Errorf("exit status %d, want 1; output %q", r.code, r.stdout)
	}
	if strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(r.stderr, "kernel: ") {
		t.Errorf("error %q, want one line that begins with \"kernel: \"", r.stderr)
	}
	for _, word := range words {
		if !strings.Contains(r.stderr, word) {
			t.Errorf("error %q, want %q in it", r.stderr, word)
		}
	}
}

// freshCache leads the command to a cache of its own, with nothing set up.
func freshCache(t *testing.T) []string {
	t.Helper()
	folder := t.TempDir()
	// The go command counts its uses there in the background, and would make a home that the test has removed anew.
	settings, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"XDG_CONFIG_HOME=" + settings, "XDG_CACHE_HOME=" + folder, "HOME=" + folder, "GOCACHE=" + goEnv(t, "GOCACHE"), "GOPATH=" + goEnv(t, "GOPATH"), "GOENV=" + goEnv(t, "GOENV")}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// fakePython is a PATH with the real Go and, as python3, a shell script.
func fakePython(t *testing.T, script string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "python3"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + folder + string(filepath.ListSeparator) + goFolder(t)
}

func goFolder(t *testing.T) string { return filepath.Join(goEnv(t, "GOROOT"), "bin") }

func TestWithoutGoOnPath(t *testing.T) {
	kernel(t, []string{"PATH=" + t.TempDir()}, "lab").wantError(t, "no go command on PATH", "install Go")
}

func TestWithoutPython(t *testing.T) {
	kernel(t, append(freshCache(t), "PATH="+goFolder(t)), "lab").wantError(t, "finding Python: none on PATH", "install Python 3.11")
}

func TestWithAnOldPython(t *testing.T) {
	path := fakePython(t, "printf '/usr/bin/python3\\n3.8.10\\n'")
	kernel(t, append(freshCache(t), path), "lab").wantError(t, "3.8.10, too old", "install Python 3.11")
}

func TestWithAPythonThatDoesNotRun(t *testing.T) {
	kernel(t, append(freshCache(t), "MULTIPROCESSING_PYTHON=/no/such/python"), "lab").wantError(t, "/no/such/python, which does not run")
}

func TestWithoutTheVenvModule(t *testing.T) {
	path := fakePython(t, `case "$*" in *venv*) echo "$0: No module named venv" >&2; exit 1;; *) printf '%s\n3.11.2\n' "$0";; esac`)
	kernel(t, append(freshCache(t), path), "lab").wantError(t, "has no venv module", "python3-venv")
}

func TestWithACacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "linux" {
		t.Skip("XDG_CACHE_HOME names the cache on Linux only")
	}
	kernel(t, []string{"XDG_CACHE_HOME=" + file}, "lab").wantError(t, "cannot write to the cache folder", "XDG_CACHE_HOME")
}

func TestWithoutANetworkOnTheFirstSetUp(t *testing.T) {
	nowhere := []string{
		"GOMODCACHE=" + t.TempDir(), "GOPROXY=http://127.0.0.1:1", "GOSUMDB=off",
		"PIP_INDEX_URL=http://127.0.0.1:1/simple", "PIP_RETRIES=0", "PIP_FIND_LINKS=", "PIP_NO_CACHE_DIR=1",
	}
	r := kernel(t, append(freshCache(t), nowhere...), "lab")
	r.wantError(t, "no network", "connect and start again")
}

func TestAPortInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	r := kernel(t, nil, "lab", "--no-browser", "--port", port)
	r.wantError(t, "port "+port+" is in use", "--port")
}

// TestLabTakesTheNextPortWhenAnotherWasFaster has another program listen where lab is about to: two starts at once choose
// the same port.
func TestLabTakesTheNextPortWhenAnotherWasFaster(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("XDG_CACHE_HOME names the cache on Linux only")
	}
	cache := t.TempDir()
	taken := make(chan int, 1)
	go func() {
		defer close(taken)
		for t.Context().Err() == nil { // the log is there a second before JupyterLab listens
			if logs, _ := filepath.Glob(filepath.Join(cache, "multiprocessing", "*", "jupyter", "lab-*.log")); len(logs) > 0 {
				var port int
				_, _ = fmt.Sscanf(filepath.Base(logs[0]), "lab-%d.log", &port)
				if listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
					taken <- port
					<-t.Context().Done()
					listener.Close()
				}
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	address, stop := startLabHere(t, append(ownCache(t), "XDG_CACHE_HOME="+cache))
	first, ok := <-taken
	if !ok {
		t.Fatal("JupyterLab listened before this test did")
	}
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if at.Port() <= strconv.Itoa(first) {
		t.Errorf("lab is at %s, want a port after %d, where another program listens", address, first)
	}
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("%s answers %s", address, response.Status)
	}
	stop()
	wantNothingLeft(t)
}

func TestBadArguments(t *testing.T) {
	for _, test := range []struct {
		args string
		want string
	}{
		{"lab --port -1", "use a port from 1 to 65535"},
		{"lab no-such.ipynb", "no notebook no-such.ipynb"},
		{"lab go.mod", "outside"},
		{"lab a b", "accepts at most 1 arg"},
		{"run", "name a notebook, as in: go run ./kernel run notebooks/05-primes.ipynb"},
		{"run no-such.ipynb", "give the path of a notebook"},
		{"run go.mod", "is not a notebook"},
		{"run notebooks/00-start-here.ipynb kernel/testdata/malformed.ipynb", "kernel/testdata/malformed.ipynb is not a notebook: cell 1 has no source"},
		{"run notebooks/00-start-here.ipynb notebooks/05-primes.ipynb -o go.mod/out", "cannot write go.mod/out/tables.csv: not a directory"},
		{"run --timeout 0s notebooks/00-start-here.ipynb", "give a second or more"},
		{"run --in-place -o x.ipynb notebooks/00-start-here.ipynb", "not both"},
		{"run --budget -1s notebooks/00-start-here.ipynb", "give a positive time"},
		{"run -o x.ipynb notebooks/00-start-here.ipynb notebooks/05-primes.ipynb", "give a folder for 2"},
		{"run -o x notebooks/00-start-here.ipynb ./notebooks/00-start-here.ipynb", "written to the same file"},
		{"no-such-command", "unknown command"},
		{"lab --no-such-flag", "unknown flag"},
	} {
		t.Run(test.args, func(t *testing.T) {
			kernel(t, nil, strings.Fields(test.args)...).wantError(t, test.want)
		})
	}
}

func TestHelpShowsWhatToType(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"run", "--help"}, {"lab", "--help"}, {"help", "install"}} {
		r := kernel(t, nil, args...)
		usage := regexp.MustCompile(`(?m)^Usage:\n  go run \./kernel `)
		if r.code != 0 || !usage.MatchString(r.stdout) || regexp.MustCompile(`(?m)^ *"?kernel (run|lab|install)?( |$)`).MatchString(r.stdout) {
			t.Errorf("%q: exit status %d, %s", args, r.code, r.stdout)
		}
	}
}

// No command is run here: a Windows that could do so is not at hand, and main does nothing else there.
func TestOnWindowsEveryCommandNamesWSL(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "kernel.exe")
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Env = append(os.Environ(), "GOOS=windows")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content, []byte(`kernel: Windows itself is not supported: install WSL with "wsl --install"`)) {
		t.Error("on Windows the command does not say what to do")
	}
}

func TestOutsideOfACheckout(t *testing.T) {
	cmd := exec.Command(binary, "doctor")
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "inside the checkout") {
		t.Errorf("%v: %q, want that the command is to be run inside the checkout", err, out)
	}
}

func TestDoctorSaysWhatIsMissing(t *testing.T) {
	r := kernel(t, freshCache(t), "doctor")
	if r.code != 1 || !strings.Contains(r.stdout, "missing  tools") || !strings.Contains(r.stdout, "go run ./kernel lab") {
		t.Errorf("exit status %d, %q; want 1, and what to do about the missing tools", r.code, r.stdout)
	}
}

func TestDoctorIsContentAfterSetUp(t *testing.T) {
	besideOthers(t)
	settings := ownCache(t)
	r := kernel(t, settings, "doctor")
	if r.code != 0 || strings.Contains(r.stdout, "missing") || !strings.Contains(r.stdout, "gonb v0.11.5") {
		t.Errorf("exit status %d, %q; want 0, nothing missing, and the tools' versions", r.code, r.stdout)
	}
	prefix := t.TempDir()
	if r := kernel(t, settings, "install", "--prefix", prefix); r.code != 0 {
		t.Fatalf("install: exit status %d, %s", r.code, r.stderr)
	}
	spec, err := os.ReadFile(filepath.Join(setUp(t).Data(), "kernels", "gonb", "kernel.json"))
	if err != nil || !strings.Contains(string(spec), "MULTIPROCESSING_PYTHON") {
		t.Errorf("%v: install has taken Python away from lab and run: %s", err, spec)
	}
	if r = kernel(t, settings, "doctor"); r.code != 0 || !strings.Contains(r.stdout, "installed  "+prefix) {
		t.Errorf("exit status %d, %q; want 0, and the installed kernel", r.code, r.stdout)
	}
	if err := os.RemoveAll(prefix); err != nil {
		t.Fatal(err)
	}
	if r = kernel(t, settings, "doctor"); r.code != 0 || strings.Contains(r.stdout, prefix) {
		t.Errorf("exit status %d, %q; want 0: its owner has removed the kernel", r.code, r.stdout)
	}
}

// ownCache leads the command to what set-up has made on this machine, and to a cache of its own for the rest: which
// kernels the machine's owner has installed is not a test's matter. Elsewhere than on Linux the cache stays the owner's.
func ownCache(t *testing.T) []string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"MULTIPROCESSING_SETUP=" + setUp(t).Parts, "XDG_CACHE_HOME=" + t.TempDir(), "GOCACHE=" + goEnv(t, "GOCACHE"),
		"GOPLSCACHE=" + filepath.Join(cache, "gopls"), // without one gopls reads the standard library anew, for many seconds
	}
}

// scratch is where a lab that is run with these settings, of ownCache, keeps Jupyter's files.
func scratch(t *testing.T, settings []string) string {
	t.Helper()
	env := setUp(t)
	for _, setting := range settings {
		if cache, found := strings.CutPrefix(setting, "XDG_CACHE_HOME="); found && runtime.GOOS == "linux" {
			return filepath.Join(cache, strings.TrimPrefix(env.Scratch(), filepath.Dir(env.Cache)))
		}
	}
	return env.Scratch()
}

func TestCleanOfNothing(t *testing.T) {
	r := kernel(t, freshCache(t), "clean")
	if r.code != 0 || r.stdout != "Nothing to remove.\n" {
		t.Errorf("exit status %d, %q, %q", r.code, r.stdout, r.stderr)
	}
}
