package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func abortsAfterAFailure(t *testing.T, c *client) {
	first := c.send("%%\npanic(1)")
	second, third := c.send("%%\nfmt.Println(2)"), c.send("!echo 3")
	for _, r := range []*asked{second, third} {
		if c.wait(r); r.status() != "aborted" || len(r.kinds()) != 0 {
			t.Errorf("a cell behind the failed one: status %s, %q; want it aborted", r.status(), r.kinds())
		}
	}
	if c.wait(first); first.status() != "error" {
		t.Errorf("status %s", first.status())
	}
	c.execute("!echo 4").wantOK("4\n")
}

func goesOnAfterAnAllowedFailure(t *testing.T, c *client) {
	first, second := c.send("!exit 3", "no stop_on_error"), c.send("!echo 2")
	if c.wait(first); first.status() != "error" {
		t.Errorf("status %s", first.status())
	}
	c.wait(second).wantOK("2\n")
}

func namesCellAndLineOfCompileErrors(t *testing.T, c *client) {
	r := c.execute("%%\nx := 1\nfmt.Println(undefinedName)")
	if kinds := r.kinds(); len(kinds) != 1 || kinds[0] != "error" {
		t.Errorf("published %q, want one error", kinds)
	}
	for _, want := range []string{"line 3", "undefined: undefinedName", "    fmt.Println(undefinedName)\n                ^"} {
		if !strings.Contains(r.traceback(), want) {
			t.Errorf("%q is not in\n%s", want, r.traceback())
		}
	}
	if strings.Contains(r.traceback(), "main.go") || !strings.Contains(r.said(), "BuildError: Cell [") {
		t.Errorf("%s: a file that no reader knows, or no cell, in\n%s", r.said(), r.traceback())
	}
	c.execute("func wrong() int { return 1 }").wantOK("")
	r = c.execute("%%\nvar s string = wrong()\nfmt.Println(s)")
	if !strings.Contains(r.said(), "line 2: cannot use wrong()") {
		t.Errorf("said %s", r.said())
	}
	if r = c.execute("%%\nfor {"); r.status() != "error" || !strings.Contains(r.said(), "expected '}'") {
		t.Errorf("said %s", r.said())
	}
}

func namesCellAndLineOfPanics(t *testing.T, c *client) {
	r := c.execute("func deep(n int) {\n\tpanic(fmt.Sprint(\"lost \", n))\n}")
	r.wantOK("")
	r = c.execute("%%\nfmt.Println(1)\ndeep(7)")
	if kinds := strings.Join(r.kinds(), " "); kinds != "stream error" {
		t.Errorf("published %s, want what it printed and one error", kinds)
	}
	if r.said() != "panic: lost 7" || strings.Contains(r.traceback(), "main.go") {
		t.Errorf("said %s\n%s", r.said(), r.traceback())
	}
	for _, want := range []string{"line 2", "panic(fmt.Sprint(\"lost \", n))", "line 3", "deep(7)"} {
		if !strings.Contains(r.traceback(), want) {
			t.Errorf("%q is not in\n%s", want, r.traceback())
		}
	}
	r = c.execute("%%\nch := make(chan int)\n<-ch")
	if r.said() != "fatal error: all goroutines are asleep - deadlock!" || !strings.Contains(r.traceback(), "line 3") {
		t.Errorf("said %s\n%s", r.said(), r.traceback())
	}
	r = c.execute("%%\nfmt.Fprintln(os.Stderr, \"panic: not at all\")")
	if r.status() != "ok" || r.stream("stderr") != "panic: not at all\n" {
		t.Errorf("status %s, stderr %q; a program that only prints so has not failed", r.status(), r.stream("stderr"))
	}
}

// A program that goes on is heard while it runs, however often it prints.
func printsWhatLookedLikeACrash(t *testing.T, c *client) {
	file := filepath.Join(t.TempDir(), "heard")
	r := c.send(`%%
fmt.Fprintln(os.Stderr, "panic: not at all")
for {
	fmt.Fprintln(os.Stderr, "going on")
	time.Sleep(100 * time.Millisecond)
	if _, err := os.Stat("` + file + `"); err == nil {
		break
	}
}
fmt.Fprintln(os.Stderr, "the end")`)
	r.printed("going on")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.wait(r).wantOK("")
	if said := r.stream("stderr"); !strings.HasPrefix(said, "panic: not at all\ngoing on\n") || !strings.HasSuffix(said, "going on\nthe end\n") {
		t.Errorf("stderr is %q", said)
	}
}

func failsForCommands(t *testing.T, c *client) {
	for code, want := range map[string]string{
		"!exit 3":                     "CommandError: exit status 3: exit 3",
		"!true\n!false\n!echo on":     "CommandError: exit status 1: false",
		"!*false":                     "CommandError: exit status 1: false",
		"!exec false":                 "CommandError: exit status 1: exec false",
		"!kill -9 $$":                 "CommandError: signal: killed: kill -9 $$",
		"%%bash\necho a\nexit 7":      "CommandError: exit status 7: %%bash",
		"%%sh\nfalse":                 "CommandError: exit status 1: %%sh",
		"%%script sh -e\nfalse\necho": "CommandError: exit status 1: %%script sh -e",
		"!echo a; \\\nexit 5":         "CommandError: exit status 5: echo a; \\",
		"%nosuch":                     "UnknownCommand: %nosuch is not a command of this kernel; %help lists them",
		"!echo a\n%":                  "UnknownCommand: % is not a command of this kernel; %help lists them",
		"% 7\n%%\nfmt.Println(1)":     "UnknownCommand: % 7 is not a command of this kernel; %help lists them",
		"%%\nos.Exit(4)":              "ExitError: exit status 4",
	} {
		r := c.execute(code)
		if r.status() != "error" || r.said() != want {
			t.Errorf("%q: status %s, %s; want %s", code, r.status(), r.said(), want)
		}
		if r.kinds()[len(r.kinds())-1] != "error" || strings.Contains(r.stream("stderr"), "exit status") {
			t.Errorf("%q: published %q, stderr %q", code, r.kinds(), r.stream("stderr"))
		}
	}
}

func believesExitStatus(t *testing.T, c *client) {
	for code, stderr := range map[string]string{
		"!echo exit status 1 >&2":                        "exit status 1\n",
		"!false || true":                                 "",
		"%%\nfmt.Fprintln(os.Stderr, \"exit status 3\")": "exit status 3\n",
		"! ":                        "",
		"%%bash\n# a comment\ntrue": "",
	} {
		if r := c.execute(code); r.status() != "ok" || r.stream("stderr") != stderr {
			t.Errorf("%q: status %s, %s, stderr %q; want ok and %q", code, r.status(), r.said(), r.stream("stderr"), stderr)
		}
	}
	r := c.execute("!cat <<END\na 'quoted' text\nEND") // GoNB runs the first line, and takes the rest for Go
	if r.status() != "error" {
		t.Errorf("status %s", r.status())
	}
	c.execute("!echo 'a  b' \"$HOME\" | wc -l").wantOK("1\n")
}
