package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"multiprocessing/kernel/internal/setup"
	"multiprocessing/kernel/internal/zmtp"
)

// noDetector is what go says where there is no race detector, or what it needs is missing.
var noDetector = regexp.MustCompile(`-race (requires cgo|is only supported|is not supported)|C compiler "[^"]+" not found`)

// raceFront builds the front with the race detector, and links the set-up's GoNB, runner and gopls to where it looks for them.
func raceFront(t *testing.T, env *setup.Environment) (path string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "bin")
	path = filepath.Join(folder, "front")
	out, err := exec.CommandContext(t.Context(), env.Go.Path, "build", "-race", "-o", path, ".").CombinedOutput()
	switch {
	case err == nil:
	case os.Getenv("CI") == "" && noDetector.Match(out):
		t.Skipf("no race detector: %s", out)
	default:
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil || !strings.Contains(info.String(), "-race=true") {
		t.Fatalf("%v: built without the race detector\n%s", err, info)
	}
	for _, program := range []string{"gonb", "run", "../gopls"} {
		if err := os.Symlink(filepath.Join(env.BinFolder(), program), filepath.Join(folder, program)); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// TestTheFrontHasNoDataRace has the front, built with the race detector, do all that goroutines of it do side by side.
func TestTheFrontHasNoDataRace(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	front, folder := raceFront(t, env), t.TempDir()
	start := func(name string) *client {
		c := newClient(t, env, "GORACE=log_path="+filepath.Join(folder, name))
		c.cmd.Path, c.cmd.Args[0] = front, front
		c.start()
		return c
	}
	c := start("shut-down")
	for name, test := range map[string]func(*testing.T, *client){
		"a failure":          abortsAfterAFailure,
		"a panic":            namesCellAndLineOfPanics,
		"an interrupt":       canBeInterruptedWhileRunning,
		"input":              asksForInput,
		"what a cell leaves": endsWhatACellLeaves,
		"completion":         completesWhileACellRuns,
		"nonsense":           refusesNonsense,
		"every request":      servesEveryRequest,
		"long requests":      refusesLongRequests,
		"forgeries":          refusesForgeries,
		"long output":        printsMoreThanIsShown,
		"many clients":       servesManyClients,
	} {
		t.Run(name, func(t *testing.T) {
			was := c.t
			c.t = t
			defer func() { c.t = was }()
			test(t, c)
		})
	}
	c.send("!sleep 100")
	c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": true}))
	c.waitEnd()
	for name, end := range map[string]func(*client){
		"asked-to-end": func(c *client) { _ = c.cmd.Process.Signal(syscall.SIGTERM) },
		"without-gonb": func(c *client) { _ = syscall.Kill(c.gonb(), syscall.SIGKILL) },
	} {
		c := start(name)
		c.send("!sleep 100")
		c.request(c.shell, "complete_request", map[string]any{"code": "%%\nfmt.Pri", "cursor_pos": 10})
		end(c)
		c.waitEnd()
		c.wantNothingLeft()
	}
	reports, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range reports {
		report, _ := os.ReadFile(path)
		t.Errorf("%s:\n%s", filepath.Base(path), report)
	}
}

func printsMoreThanIsShown(t *testing.T, c *client) {
	r := c.execute("!yes a line of more than forty characters in all | head -n 70000; echo the end")
	if out := r.stream("stdout"); !strings.HasSuffix(out, "\nthe end\n") || !strings.Contains(r.stream("stderr"), "[left out: ") {
		t.Errorf("%s, %d bytes, said %q", r.status(), len(out), r.stream("stderr"))
	}
}

// servesManyClients has a dozen clients ask at the same time, each what the others do not, and some of them interrupt.
// One more listens and never reads.
func servesManyClients(t *testing.T, c *client) {
	mute, err := zmtp.Dial("unix", filepath.Join(c.folder, "c-4"), "SUB", "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if err := mute.Write(zmtp.Message{{1}}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 12 {
		other := c.another("client " + strconv.Itoa(i))
		all.Go(func() {
			other.connect()
			word := "word" + strconv.Itoa(i)
			if i%4 == 0 {
				other.interrupt()
			}
			r := other.send("!echo "+word, "no stop_on_error")
			for kind, content := range map[string]any{
				"is_complete_request": map[string]string{"code": "func f() {"},
				"history_request":     map[string]any{"hist_access_type": "search", "pattern": "*" + word + "*"},
				"complete_request":    map[string]any{"code": "%%\nfmt.Pri", "cursor_pos": 10},
				"inspect_request":     map[string]any{"code": "%%\nfmt.Println", "cursor_pos": 13},
				"comm_info_request":   struct{}{},
				"kernel_info_request": struct{}{},
			} {
				other.wait(other.request(other.shell, kind, content))
			}
			if other.wait(r); r.status() == "ok" {
				r.wantOK(word + "\n")
			} else if said := fmt.Sprint(r.status(), r.said()); !strings.HasPrefix(said, "aborted") && !strings.Contains(said, "Interrupted") {
				t.Errorf("%s: %s", word, said)
			}
		})
	}
	all.Wait()
	c.execute("!echo here").wantOK("here\n")
}
