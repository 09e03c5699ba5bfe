package jupyter

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

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

func TestABrowserReachesAServerOnAllAddressesByLoopback(t *testing.T) {
	for ip, want := range map[string]string{"0.0.0.0": "127.0.0.1", "::": "127.0.0.1", "127.0.0.1": "127.0.0.1", "localhost": "localhost"} {
		if got := browserHost(ip); got != want {
			t.Errorf("host for %s: %s, want %s", ip, got, want)
		}
	}
}

func TestAFailedCellIsNamedWithItsError(t *testing.T) {
	path := filepath.Join("..", "..", "nbformat", "testdata", "failed.ipynb")
	cell, message := failedCell(path)
	if cell != "cell 2 (In [3])" || message != "ERROR: failed to build\n    ./main.go:3: undefined: x" {
		t.Errorf("got %q, %q", cell, message)
	}
	if cell, message := failedCell(filepath.Join(t.TempDir(), "none.ipynb")); cell != "a cell" || message != "" {
		t.Errorf("without a notebook: %q, %q", cell, message)
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
	if err := killed.lock.Unlock(); err != nil { // as the system does for a process that is killed
		t.Fatal(err)
	}
	next, err := newFolders(env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), tempPrefix+"*"))
	if err != nil || !slices.Equal(sorted(left), sorted([]string{running.temp, next.temp})) {
		t.Errorf("left %q, want those of the running %q and the next %q", left, running.temp, next.temp)
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
