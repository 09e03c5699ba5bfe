package main

import (
	"fmt"
	"strings"
	"testing"
)

// slowBuild is a cell that takes seconds to build: nothing of it is in any cache.
const slowBuild = "var table%d = map[string]int{%s}\n%%%%\nfmt.Println(len(table%d))"

func canBeInterruptedWhileBuilding(t *testing.T, c *client) {
	c.execute("var table1 = 1").wantOK("")
	var entries strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&entries, "\"%d\": %d,", i, i)
	}
	r := c.send(fmt.Sprintf(slowBuild, 1, entries.String(), 1))
	behind := c.send("!echo behind")
	c.eventually("the compiler runs", func() bool { return c.running("/compile ") })
	c.interrupt()
	if c.wait(r); r.said() != "Interrupted: the cell was interrupted while it was being built" || len(r.kinds()) != 1 {
		t.Errorf("said %s, published %q", r.said(), r.kinds())
	}
	if want := "\nthis cell has changed nothing; still declared: var table1 = 1"; !strings.HasSuffix(r.traceback(), want) {
		t.Errorf("showed %s", r.traceback())
	}
	if c.wait(behind); behind.status() != "aborted" {
		t.Errorf("the cell behind it: %s", behind.status())
	}
	if c.running("/compile ") {
		t.Errorf("the compiler still runs: %q", c.processes())
	}
	c.execute("%%\nfmt.Println(3)").wantOK("3\n")
}

func canBeInterruptedWhileRunning(t *testing.T, c *client) {
	r := c.send(`import "os/signal"

%%
signal.Ignore(os.Interrupt)
cmd := exec.Command("setsid", "sleep", "12345")
if err := cmd.Start(); err != nil {
	panic(err)
}
fmt.Println("started")
time.Sleep(time.Hour)`)
	behind := c.send("!echo behind")
	r.printed("started")
	c.eventually("the grandchild runs", func() bool { return c.running("sleep 12345") })
	c.interrupt()
	if c.wait(r); r.said() != "Interrupted: the cell was interrupted while it ran" {
		t.Errorf("said %s", r.said())
	}
	if c.wait(behind); behind.status() != "aborted" {
		t.Errorf("the cell behind it: %s", behind.status())
	}
	c.execute("!echo usable").wantOK("usable\n")
	c.eventually("the grandchild has ended", func() bool { return !c.running("sleep 12345") })
}

func canBeInterruptedInACommand(t *testing.T, c *client) {
	r := c.send("!echo begun; sleep 12346\n!sleep 12347\n%%\nfmt.Println(\"never\")")
	r.printed("begun")
	c.eventually("it runs", func() bool { return c.running("sleep 12346") })
	c.interrupt()
	if c.wait(r); r.said() != "Interrupted: the cell was interrupted while it ran" || r.stream("stdout") != "begun\n" {
		t.Errorf("said %s, printed %q", r.said(), r.stream("stdout"))
	}
	c.eventually("it has ended", func() bool { return !c.running("sleep 1234") })
}

func letsAProgramHandleAnInterrupt(t *testing.T, c *client) {
	r := c.send("import \"os/signal\"\n\n%%\nch := make(chan os.Signal, 1)\nsignal.Notify(ch, os.Interrupt)\nfmt.Println(\"waiting\")\n<-ch\nfmt.Println(\"bye\")")
	r.printed("waiting")
	c.interrupt()
	c.wait(r).wantOK("waiting\nbye\n")
}

func printsWhatAnInterruptedProgramSaid(t *testing.T, c *client) {
	r := c.send("%%\nfmt.Fprintln(os.Stderr, \"panic: only said\")\nfmt.Println(\"said\")\ntime.Sleep(time.Hour)")
	r.printed("said")
	c.interrupt()
	if c.wait(r); r.stream("stderr") != "panic: only said\n" || !strings.HasPrefix(r.said(), "Interrupted: ") {
		t.Errorf("stderr is %q, said %s", r.stream("stderr"), r.said())
	}
}
