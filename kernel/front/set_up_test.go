package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/firstcell"
	"multiprocessing/kernel/internal/inuse"
	"multiprocessing/kernel/internal/wire"
)

// setUpThatGoesOn is a set-up in a folder of its own, which says what it does, until end is called.
func setUpThatGoesOn(t *testing.T, doing string) (stamp string, end func()) {
	t.Helper()
	folder := t.TempDir()
	end, err := inuse.Lock(t.Context(), firstcell.Lock(folder), func() {})
	if err != nil {
		t.Fatal(err)
	}
	firstcell.Tell(folder, doing)
	stamp = filepath.Join(folder, "checkout", ".complete")
	if err := os.Mkdir(filepath.Dir(stamp), 0o700); err != nil {
		t.Fatal(err)
	}
	return stamp, end
}

func finish(t *testing.T, stamp string) {
	t.Helper()
	if err := os.WriteFile(stamp, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func shows(text string) func(wire.Message) bool {
	return func(m wire.Message) bool {
		return strings.HasSuffix(m.Header.Type, "display_data") && strings.Contains(string(m.Content), text)
	}
}

func TestACellWaitsForTheSetUpAndSaysSo(t *testing.T) {
	stamp, end := setUpThatGoesOn(t, "building GoNB (step 2 of 3)")
	defer end()
	c := newClient(t, setUp(t), envvar.FirstCell+"="+stamp)
	c.start() // JupyterLab, too, waits for the answer to its kernel_info_request
	first, second := c.send("%%\nfmt.Println(\"first\")"), c.send("%%\nfmt.Println(\"second\")")
	first.until("what set-up does", shows("building GoNB (step 2 of 3). This cell runs after that. 0 s so far"))
	first.until("how long it has taken", shows(" 1 s so far"))
	finish(t, stamp)
	first.until("an empty output", func(m wire.Message) bool { return m.Header.Type == "clear_output" })
	for name, r := range map[string]*asked{"first": first, "second": second} {
		if got := c.wait(r).stream("stdout"); got != name+"\n" {
			t.Errorf("the %s cell printed %q", name, got)
		}
	}
	for _, m := range second.published() {
		if strings.HasSuffix(m.Header.Type, "display_data") {
			t.Error("the second cell shows the set-up, too")
		}
	}
}

func TestACellThatWaitsForTheSetUpCanBeInterrupted(t *testing.T) {
	stamp, end := setUpThatGoesOn(t, "building GoNB")
	defer end()
	c := startKernel(t, setUp(t), envvar.FirstCell+"="+stamp)
	waits := c.send("%%\nfmt.Println(1)")
	waits.until("what set-up does", shows("building GoNB"))
	c.interrupt()
	if status := field(*c.wait(waits).reply, "status"); status != "aborted" {
		t.Errorf("its status is %s", status)
	}
	finish(t, stamp)
	if got := c.execute("%%\nfmt.Println(2)").stream("stdout"); got != "2\n" {
		t.Errorf("the next cell printed %q", got)
	}
}

func TestACellFailsWhenTheSetUpHasStopped(t *testing.T) {
	stamp, end := setUpThatGoesOn(t, "building GoNB")
	c := startKernel(t, setUp(t), envvar.FirstCell+"="+stamp)
	waits := c.send("%%\nfmt.Println(1)")
	waits.until("what set-up does", shows("building GoNB"))
	end() // as when its process dies
	for _, r := range []*asked{c.wait(waits), c.execute("%%\nfmt.Println(1)")} {
		if name := field(*r.reply, "ename"); name != "SetUpStopped" {
			t.Errorf("the cell ended with %q: %s", name, r.reply.Content)
		}
	}
	finish(t, stamp) // by a set-up that somebody has started again
	for deadline := time.Now().Add(kernelWait); ; {
		if c.execute("%%\nfmt.Println(2)").stream("stdout") == "2\n" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("cells still fail after set-up was completed")
		}
	}
}

func TestAKernelThatWaitsForTheSetUpLeavesNothing(t *testing.T) {
	stamp, end := setUpThatGoesOn(t, "building GoNB")
	defer end()
	c := startKernel(t, setUp(t), envvar.FirstCell+"="+stamp)
	c.send("%%\nfmt.Println(1)").until("what set-up does", shows("building GoNB"))
	c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": false}))
	c.waitEnd()
	if left, _ := os.ReadDir(filepath.Join(c.folder, "t")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
