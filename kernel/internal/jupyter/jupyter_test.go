package jupyter

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"multiprocessing/kernel/internal/setup"
)

func listen(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func TestAPortInUseIsAnErrorThatNamesTheFlag(t *testing.T) {
	port := listen(t)
	_, err := freePort(t.Context(), "127.0.0.1", port)
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(port)+" is in use") || !strings.Contains(err.Error(), "--port") {
		t.Errorf("error %v, want one that says the port is in use and names --port", err)
	}
}

func TestAnAddressOfAnotherMachineIsAnError(t *testing.T) {
	if _, err := freePort(t.Context(), "192.0.2.1", 0); err == nil || !strings.Contains(err.Error(), "--ip") {
		t.Errorf("error %v, want one that names --ip", err)
	}
}

func TestTheFirstPageIsEscaped(t *testing.T) {
	got := Lab{Notebook: filepath.Join("solutions", "05 primes#.ipynb")}.page()
	if want := "/lab/tree/solutions/05%20primes%23.ipynb"; got != want {
		t.Errorf("page %s, want %s", got, want)
	}
}

func TestPathsAreNotTakenForPatterns(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a [b] *")
	f := folders{temp: filepath.Join(folder, "temp")}
	module := filepath.Join(folder, "module")
	for path, content := range map[string]string{
		filepath.Join(f.runtime(), "jpserver-7.json"):                `{"url": "http://127.0.0.1:8888/"}`,
		filepath.Join(module, "notebooks", "solutions", "one.ipynb"): "{}",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if s := (Lab{IP: "127.0.0.1"}).noted(f, 8888); s.base != "http://127.0.0.1:8888" || s.redirect != filepath.Join(f.runtime(), "jpserver-7-open.html") {
		t.Errorf("the server is %+v", s)
	}
	if paths, _ := originals(module); !slices.Equal(paths, []string{filepath.Join(module, "notebooks", "solutions", "one.ipynb")}) {
		t.Errorf("the notebooks are %q", paths)
	}
}

func TestABrowserReachesAServerOnAllAddressesByLoopback(t *testing.T) {
	for ip, want := range map[string]string{"0.0.0.0": "127.0.0.1", "::": "127.0.0.1", "127.0.0.1": "127.0.0.1", "localhost": "localhost"} {
		if got := browserHost(ip); got != want {
			t.Errorf("host for %s: %s, want %s", ip, got, want)
		}
	}
}

func TestAKernelThatDoesNotStartIsReportedWithItsOwnReason(t *testing.T) {
	const ended = "Input Notebook:  a.ipynb\n%sError occurred while starting new kernel client for kernel 8d7c-50: %s\n" +
		"Traceback (most recent call last):\n  File \"client.py\", line 207, in _async_wait_for_ready\nRuntimeError: %[2]s\n"
	for want, parts := range map[string][]any{
		"did not start: GoNB does not answer: no room; run \"go run ./kernel doctor\"": {"front: GoNB does not answer: no room\n", "Kernel died before replying to kernel_info"},
		"did not start: Kernel didn't respond in 60 seconds; run ":                     {"", "Kernel didn't respond in 60 seconds"},
	} {
		log := filepath.Join(t.TempDir(), "papermill.log")
		if err := os.WriteFile(log, fmt.Appendf(nil, ended, parts...), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := (Execution{}).explain(log, errors.New("exit status 1")); !strings.Contains(err.Error(), want) {
			t.Errorf("error %q, want %q in it", err, want)
		}
	}
}

func TestOnlyAFullDiskIsReportedAsOne(t *testing.T) {
	x := Execution{Output: filepath.Join(t.TempDir(), "out.ipynb")}
	for last, want := range map[string]string{
		fmt.Sprintf("OSError: [Errno %d] No space left on device", syscall.ENOSPC):          "no space left on device; make room",
		fmt.Sprintf("OSError: [Errno %d] Disk quota exceeded", syscall.EDQUOT):              "disk quota exceeded; make room",
		fmt.Sprintf("PermissionError: [Errno 13] Permission denied: '%s'", x.Output):        "writing " + x.Output + ": permission denied; name another place",
		"OSError: [Errno 24] Too many open files":                                           "papermill: OSError: [Errno 24] Too many open files",
		"ConnectionRefusedError: [Errno 111] Connection refused":                            "papermill: ConnectionRefusedError: [Errno 111]",
		"FileNotFoundError: [Errno 2] No such file or directory: '/venv/share/kernel.json'": "papermill: FileNotFoundError: [Errno 2]",
	} {
		log := filepath.Join(t.TempDir(), "papermill.log")
		if err := os.WriteFile(log, []byte("Traceback (most recent call last):\n  File \"a.py\"\n"+last+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := x.explain(log, errors.New("exit status 1")); !strings.Contains(err.Error(), want) || !strings.Contains(want, "make room") && strings.Contains(err.Error(), "make room") {
			t.Errorf("%s: error %q, want %q in it", last, err, want)
		}
	}
}

func TestAFailedCellIsNamedWithItsError(t *testing.T) {
	x := Execution{Output: filepath.Join("..", "..", "coursebook", "testdata", "failed.ipynb")}
	var failed *CellError
	if err := x.failedCell(); !errors.As(err, &failed) || failed.Cell != "cell 2 (In [3])" || failed.Line != "./main.go:3: undefined: x" {
		t.Errorf("got %v", err)
	}
	x.Output = filepath.Join(t.TempDir(), "none.ipynb")
	if err := x.failedCell(); err != nil {
		t.Errorf("without a notebook: %v", err)
	}
}

func TestProgressIsReadFromWholeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress")
	log, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var got []Progress
	stop := follow(path, func(p Progress) { got = append(got, p) })
	for _, part := range []string{`{"cell": 1, "o`, `f": 3}` + "\n" + `{"cell": 1, "of": 3, "took": "0.5 s"}` + "\n", `{"cell": 2`} {
		if _, err := log.WriteString(part); err != nil {
			t.Fatal(err)
		}
		time.Sleep(70 * time.Millisecond)
	}
	stop()
	if want := []Progress{{1, 3, ""}, {1, 3, "0.5 s"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheTemporaryFolderOfAKilledRunIsRemovedByTheNext(t *testing.T) {
	t.Chdir(t.TempDir()) // where an environment without a checkout keeps its folders
	t.Setenv("TMPDIR", t.TempDir())
	env := &setup.Environment{Cache: t.TempDir()}
	killed, err := newFolders(env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	running, err := newFolders(env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	killed.release() // as the system does for a process that is killed
	others, target := filepath.Join(os.TempDir(), tempPrefix+"others"), t.TempDir()
	ours := filepath.Join(target, "in-use.lock")
	if err := errors.Join(os.WriteFile(ours, nil, 0o600), os.Symlink(target, others)); err != nil { // another user's trap
		t.Fatal(err)
	}
	next, err := newFolders(env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), tempPrefix+"*"))
	if err != nil || !slices.Equal(sorted(left), sorted([]string{running.temp, next.temp, others})) {
		t.Errorf("left %q, want those of the running %q, the next %q and the other user", left, running.temp, next.temp)
	}
	if _, err := os.Stat(ours); err != nil {
		t.Errorf("through another user's link: %v", err)
	}
	if err := os.Remove(others); err != nil {
		t.Fatal(err)
	}
	running.remove()
	next.remove()
	if left, _ := os.ReadDir(os.TempDir()); len(left) != 0 {
		t.Errorf("left at the end: %v", left)
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func TestTheTableOfContentsIsOpenUntilTheReaderClosesIt(t *testing.T) {
	f := folders{home: t.TempDir()}
	if err := writeFirstWorkspace(f); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.workspaces(), workspaceFile)
	if content, err := os.ReadFile(path); err != nil || !json.Valid(content) || !strings.Contains(string(content), `"current": "@jupyterlab/toc:plugin"`) {
		t.Errorf("the workspace is %s, %v", content, err)
	}
	const readers = `{"data": {}}`
	if err := os.WriteFile(path, []byte(readers), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeFirstWorkspace(f); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != readers {
		t.Errorf("the reader's workspace became %s, %v", content, err)
	}
}
