//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// These tests run the real front with the real GoNB, as Jupyter does, and speak Jupyter's protocol to it.

// TestAKernel is of what one kernel does from its start to its end: a kernel that has gone through the one still has to
// do the other.
func TestAKernel(t *testing.T) {
	c := startKernel(t, setUp(t))
	for _, test := range []struct {
		name string
		test func(*testing.T, *client)
	}{
		{"says that it starts and is idle before the first cell", saysItsStatus},
		{"drops the cells that wait behind one that failed", abortsAfterAFailure},
		{"goes on where a cell may fail", goesOnAfterAnAllowedFailure},
		{"names cell and line of what does not compile", namesCellAndLineOfCompileErrors},
		{"names cell and line of a panic, in one message", namesCellAndLineOfPanics},
		{"fails a cell whose command fails", failsForCommands},
		{"lets a cell go well whose commands say that they failed and did not", believesExitStatus},
		{"says how to add a module that is not there", saysHowToAddAModule},
		{"says how long a cell was built and how long it ran", tellsBuildingFromRunning},
		{"can be interrupted while it builds", canBeInterruptedWhileBuilding},
		{"can be interrupted while it runs, with all that the cell started", canBeInterruptedWhileRunning},
		{"can be interrupted in a command", canBeInterruptedInACommand},
		{"lets a program that handles an interrupt end well", letsAProgramHandleAnInterrupt},
		{"asks for input", asksForInput},
		{"does not ask who cannot answer", doesNotAskWhoCannotAnswer},
		{"ends what a cell's program leaves running", endsWhatACellLeaves},
		{"leaves running what a command puts into the background", leavesBackgroundCommands},
		{"completes while a cell runs", completesWhileACellRuns},
		{"refuses what makes no sense and goes on", refusesNonsense},
		{"refuses what is not signed, or comes again", refusesForgeries},
		{"is not stopped by a peer that is mute, slow or greedy", standsBadPeers},
		{"runs a cell of 10,000 lines", runsALongCell},
		{"cuts 100 MB of output and keeps its end", cutsLongOutput},
		{"leaves out a display that is too large", leavesOutAHugeDisplay},
		{"runs a thousand cells that were sent at once", runsAThousandCells},
	} {
		t.Run(test.name, func(t *testing.T) {
			was := c.t
			c.t = t
			defer func() { c.t = was }()
			test.test(t, c)
		})
	}
	if most := c.rss(); most > 50 {
		t.Errorf("the front had %.0f MB, want less than 50", most)
	}
	before := c.processes()
	c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": false}))
	c.waitEnd()
	if !c.cmd.ProcessState.Success() {
		t.Errorf("after a shutdown: %v; it ran %q", c.cmd.ProcessState, before)
	}
	c.wantNothingLeft()
}

func saysItsStatus(t *testing.T, c *client) {
	c.wait(c.request(c.shell, "kernel_info_request", struct{}{}))
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.statuses); n < 2 || c.statuses[n-2] != "busy" || c.statuses[n-1] != "idle" {
		t.Errorf("statuses %q, want busy and idle at the end", c.statuses)
	}
}

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

func saysHowToAddAModule(t *testing.T, c *client) {
	c.execute("%env GOPROXY off")
	r := c.execute("import \"example.com/nowhere\"\n\n%%\nnowhere.Go()")
	if r.status() != "error" || !strings.Contains(r.traceback(), "!*go get") || !strings.Contains(r.traceback(), "example.com/nowhere") {
		t.Errorf("status %s, %s\n%s", r.status(), r.said(), r.traceback())
	}
	c.execute("%rm nowhere")
}

func tellsBuildingFromRunning(t *testing.T, c *client) {
	r := c.execute("%%\ntime.Sleep(1200 * time.Millisecond)")
	times := func(r *asked) (building, running float64) {
		metadata := string(r.reply.Metadata)
		if _, err := fmt.Sscanf(metadata[strings.Index(metadata, `"building_ms"`):], `"building_ms":%f,"running_ms":%f`, &building, &running); err != nil {
			t.Fatalf("%v in %s", err, metadata)
		}
		return building, running
	}
	if building, running := times(r); building <= 0 || running < 1200 {
		t.Errorf("building %v ms, running %v ms of a cell that runs for 1.2 s", building, running)
	}
	if kinds := r.kinds(); len(kinds) != 0 {
		t.Errorf("a run without a browser gets %q", kinds)
	}
	inLab := wire.New("execute_request", c.session, wire.Message{}, map[string]string{"code": "%%\ntime.Sleep(1200 * time.Millisecond)"})
	inLab.Metadata = []byte(`{"recordTiming": true}`)
	r = c.sendMessage(c.shell, inLab)
	if c.wait(r); strings.Join(r.kinds(), " ") != "display_data" || !strings.Contains(string(r.messages[len(r.messages)-2].Content), "built in") {
		t.Errorf("JupyterLab gets %q", r.kinds())
	}
}

// slowBuild is a cell that takes seconds to build: nothing of it is in any cache.
const slowBuild = "var table%d = map[string]int{%s}\n%%%%\nfmt.Println(len(table%d))"

func canBeInterruptedWhileBuilding(t *testing.T, c *client) {
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

// answerInput answers the next question with a value, and returns the question.
func (c *client) answerInput(value string) wire.Message {
	c.t.Helper()
	frames, err := c.stdin.Read()
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := c.key.Parse(frames)
	if err != nil {
		c.t.Fatal(err)
	}
	reply := wire.New("input_reply", c.session, m, map[string]string{"value": value})
	if err := c.stdin.Write(c.key.Frames(reply)); err != nil {
		c.t.Fatal(err)
	}
	return m
}

func asksForInput(t *testing.T, c *client) {
	for command, password := range map[string]string{"%with_inputs": "false", "%with_password": "true"} {
		r := c.send(command + "\n!read x; echo got $x")
		m := c.answerInput("a word")
		if m.Header.Type != "input_request" || !strings.Contains(string(m.Content), `"password":`+password) || m.ParentHeader().ID != r.id {
			t.Errorf("%s: asked %s %s", command, m.Header.Type, m.Content)
		}
		c.wait(r).wantOK("got a word\n")
	}
}

func doesNotAskWhoCannotAnswer(t *testing.T, c *client) {
	if r := c.execute("%with_inputs\n!read x; echo got $x", "no allow_stdin"); !strings.HasPrefix(r.said(), "NoInput: ") {
		t.Errorf("status %s, %s", r.status(), r.said())
	}
}

func endsWhatACellLeaves(t *testing.T, c *client) {
	c.execute(`%%
for _, args := range [][]string{{"sleep", "12348"}, {"setsid", "sleep", "12349"}, {"setsid", "sh", "-c", "trap '' TERM; while :; do sleep 1; done # 12350"}} {
	if err := exec.Command(args[0], args[1:]...).Start(); err != nil {
		panic(err)
	}
}
fmt.Println("left")`).wantOK("left\n")
	c.eventually("nothing of it runs", func() bool { return !c.running("1234") && !c.running("12350") })
}

func leavesBackgroundCommands(t *testing.T, c *client) {
	c.execute("!sleep 12351 >/dev/null 2>&1 &").wantOK("")
	c.execute("%%\nfmt.Println(1)").wantOK("1\n")
	r := c.send("!echo begun; sleep 12352")
	r.printed("begun")
	c.interrupt()
	c.wait(r)
	if !c.running("sleep 12351") {
		t.Error("it has been ended")
	}
	c.execute("!pkill -f 'sleep 12351'; true")
}

func completesWhileACellRuns(t *testing.T, c *client) {
	c.execute("type Pair struct{ Left, Right int }\n%%\nfmt.Println(Pair{1, 2})").wantOK("{1 2}\n")
	r := c.send("!echo begun; sleep 12353")
	r.printed("begun")
	const code = "%%\nlet := \"é😀\"; p := Pair{}; p.L"
	end := len([]rune(code)) // a position counts characters, of which gopls counts some twice
	reply := c.wait(c.request(c.shell, "complete_request", map[string]any{"code": code + " // more", "cursor_pos": end}))
	if got := string(reply.reply.Content); !strings.Contains(got, `"matches":["Left"]`) || !strings.Contains(got, fmt.Sprintf(`"cursor_start":%d`, end-1)) {
		t.Errorf("completed %s\n%s", got, c.log)
	}
	reply = c.wait(c.request(c.shell, "inspect_request", map[string]any{"code": "%%\nfmt.Println", "cursor_pos": 13, "detail_level": 0}))
	if got := string(reply.reply.Content); !strings.Contains(got, `"found":true`) || !strings.Contains(got, "func fmt.Println") {
		t.Errorf("inspected %s", got)
	}
	select {
	case <-r.done:
		t.Error("the cell has ended before it was interrupted")
	default:
	}
	c.interrupt()
	c.wait(r)
}

func refusesNonsense(t *testing.T, c *client) {
	for _, content := range []any{map[string]int{"code": 3}, struct{}{}, map[string]any{"code": "!echo", "silent": "perhaps"}} {
		if r := c.wait(c.request(c.shell, "execute_request", content)); r.status() != "error" {
			t.Errorf("execute_request with %v: %s", content, r.status())
		}
	}
	for _, test := range []struct {
		kind    string
		content any
	}{
		{"complete_request", struct{}{}}, {"complete_request", map[string]any{"code": 3}}, {"complete_request", map[string]any{"code": "x", "cursor_pos": 1_000_000}},
		{"inspect_request", map[string]any{"code": "", "cursor_pos": -1}}, {"is_complete_request", struct{}{}},
		{"history_request", map[string]any{"hist_access_type": 3}}, {"history_request", map[string]any{"hist_access_type": "search", "pattern": "["}},
		{"comm_info_request", map[string]any{"target_name": 3}},
	} {
		c.wait(c.request(c.shell, test.kind, test.content))
	}
	c.request(c.shell, "no_such_request", struct{}{})
	c.request(c.shell, "comm_msg", struct{}{})
	c.execute("!echo here").wantOK("here\n")
	c.wait(c.request(c.shell, "execute_request", map[string]string{"code": "!echo defaults"})).wantOK("defaults\n")
}

// sendMessage is request for a message that is made.
func (c *client) sendMessage(conn *zmtp.Conn, m wire.Message) *asked {
	c.t.Helper()
	r := &asked{client: c, id: m.Header.ID, sent: m, done: make(chan struct{}), changed: make(chan struct{}, 1)}
	c.mu.Lock()
	c.runs[r.id] = r
	c.mu.Unlock()
	if err := conn.Write(c.key.Frames(m)); err != nil {
		c.t.Fatal(err)
	}
	return r
}

func refusesForgeries(t *testing.T, c *client) {
	file := filepath.Join(t.TempDir(), "done")
	forged := wire.New("execute_request", c.session, wire.Message{}, map[string]string{"code": "!echo forged >>" + file})
	for name, frames := range map[string][][]byte{
		"not signed":       wire.Key(nil).Frames(forged),
		"with another key": wire.Key("another").Frames(forged),
		"in part":          c.key.Frames(forged)[:4],
		"no message":       {[]byte("x")},
		"empty":            {{}},
	} {
		if err := c.shell.Write(frames); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	replayed := c.send("!echo once >>" + file)
	c.wait(replayed)
	if err := c.shell.Write(c.key.Frames(replayed.sent)); err != nil {
		t.Fatal(err)
	}
	c.execute("!cat " + file).wantOK("once\n")
	c.eventually("six messages are refused", func() bool { return strings.Count(c.log.String(), "refused message") >= 6 })
	if n := strings.Count(c.log.String(), "refused message"); n != 6 {
		t.Errorf("%d messages refused, want 6\n%s", n, c.log)
	}
}

// greedyGreeting is of a peer that greets as it should, and then claims a frame of 2^62 bytes.
var greedyGreeting = append(append(append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0}, "NULL"...), make([]byte, 48)...),
	"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ\x02\x40\x00\x00\x00\x00\x00\x00\x00"...)

func standsBadPeers(t *testing.T, c *client) {
	path := filepath.Join(c.folder, "c")
	var peers []net.Conn
	defer func() {
		for _, peer := range peers {
			peer.Close()
		}
	}()
	for _, port := range []string{"-1", "-2", "-3", "-4", "-5"} {
		for range 3 { // that say nothing
			peer, err := net.Dial("unix", path+port)
			if err != nil {
				t.Fatal(err)
			}
			peers = append(peers, peer)
		}
		greedy, err := net.Dial("unix", path+port)
		if err != nil {
			t.Fatal(err)
		}
		peers = append(peers, greedy)
		if _, err := greedy.Write(greedyGreeting); err != nil {
			t.Fatal(err)
		}
	}
	mute, err := zmtp.Dial("unix", path+"-4", "SUB", "", 1<<20) // subscribes and does not read
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if err := mute.Write(zmtp.Message{{1}}); err != nil {
		t.Fatal(err)
	}
	other := &client{t: t, folder: c.folder, key: c.key, log: c.log, ended: c.ended, session: "other", runs: map[string]*asked{}}
	other.connect() // after them all
	other.execute("!echo here").wantOK("here\n")
	other.execute("!head -c 30000000 /dev/zero | tr '\\0' a")
	other.execute("!echo still").wantOK("still\n")
}

func runsALongCell(t *testing.T, c *client) {
	var code strings.Builder
	code.WriteString("%%\nx := 0\n")
	for range 10_000 {
		code.WriteString("x++\n")
	}
	code.WriteString("fmt.Println(x)")
	c.execute(code.String()).wantOK("10000\n")
	r := c.execute(strings.Replace(code.String(), "fmt.Println(x)", "nothing(x)", 1))
	if !strings.Contains(r.said(), "line 10003: undefined: nothing") {
		t.Errorf("said %s", r.said())
	}
}

func cutsLongOutput(t *testing.T, c *client) {
	r := c.execute(`%%
fmt.Println("the beginning")
line := strings.Repeat("x", 99) + "\n"
for range 1_000_000 {
	os.Stdout.WriteString(line)
}
fmt.Println("the end")`)
	if r.status() != "ok" {
		t.Fatalf("status %s, %s", r.status(), r.said())
	}
	out := r.stream("stdout")
	if !strings.HasPrefix(out, "the beginning\n") || !strings.HasSuffix(out, "x\nthe end\n") || len(out) > 4<<20 {
		t.Errorf("%d bytes, from %q to %q; want the beginning and the end, and not much more", len(out), out[:20], out[len(out)-20:])
	}
	if said := r.stream("stderr"); !strings.Contains(said, "[left out: 97.6 MB of 100.0 MB") {
		t.Errorf("it is said: %q; want how much was left out", said)
	}
}

func leavesOutAHugeDisplay(t *testing.T, c *client) {
	r := c.execute("%%\ndisplay.HTML(strings.Repeat(\"<b>x</b>\", 3_000_000), \"much\")\nfmt.Println(\"shown\")")
	r.wantOK("shown\n")
	if !strings.Contains(r.stream("stderr"), "left out here") {
		t.Errorf("published %q, said %q", r.kinds(), r.stream("stderr"))
	}
}

func runsAThousandCells(t *testing.T, c *client) {
	var runs []*asked
	for i := range 1000 {
		runs = append(runs, c.send("!echo "+strconv.Itoa(i)))
	}
	for i, r := range runs {
		c.wait(r).wantOK(strconv.Itoa(i) + "\n")
		if t.Failed() {
			return
		}
	}
}

func TestNothingIsLeftOfAKernel(t *testing.T) {
	env := setUp(t)
	busy := func(t *testing.T, c *client) *asked { // runs a cell with a detached grandchild
		r := c.send("%%\ncmd := exec.Command(\"setsid\", \"sleep\", \"54321\")\nif err := cmd.Start(); err != nil {\n\tpanic(err)\n}\nfmt.Println(\"started\")\ntime.Sleep(time.Hour)")
		r.printed("started")
		return r
	}
	for name, end := range map[string]func(*testing.T, *client){
		"that is shut down while a cell runs": func(t *testing.T, c *client) {
			busy(t, c)
			c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": true}))
		},
		"whose process group is killed": func(t *testing.T, c *client) {
			busy(t, c)
			if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"that is killed while it starts": func(t *testing.T, c *client) {
			if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"that is asked to end by a signal": func(t *testing.T, c *client) {
			busy(t, c)
			if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		},
		"whose GoNB is killed": func(t *testing.T, c *client) {
			r := busy(t, c)
			behind := c.send("!echo behind")
			out, err := exec.Command("pgrep", "-f", "gonb --kernel "+c.folder).Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range strings.Fields(string(out)) {
				if pid, err := strconv.Atoi(word); err == nil && !strings.Contains(commandOf(pid), "-guard") {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
			if c.wait(r); !strings.HasPrefix(r.said(), "KernelDied: ") || !strings.Contains(r.said(), "restart the kernel") {
				t.Errorf("the running cell: %s", r.said())
			}
			if c.wait(behind); behind.status() != "aborted" {
				t.Errorf("the cell behind it: %s", behind.status())
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, env)
			if strings.Contains(name, "while it starts") {
				if err := c.cmd.Start(); err != nil {
					t.Fatal(err)
				}
				go func() { _ = c.cmd.Wait(); close(c.ended) }()
				c.eventually("GoNB runs", func() bool { return c.running("gonb --kernel") })
			} else {
				c.start()
			}
			end(t, c)
			c.waitEnd()
			c.wantNothingLeft()
		})
	}
}

func commandOf(pid int) string {
	content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return string(content)
}

func TestAKernelEndsWithTheProgramThatStartedIt(t *testing.T) {
	c := newClient(t, setUp(t))
	front := c.cmd.Args
	c.cmd.Path, c.cmd.Args = "/bin/sh", append([]string{"sh", "-c", `"$@" & wait`, "sh"}, front...)
	c.start()
	c.execute("!echo here").wantOK("here\n")
	if err := c.cmd.Process.Kill(); err != nil { // the shell alone
		t.Fatal(err)
	}
	c.waitEnd()
	c.wantNothingLeft()
}

func TestTenKernelsAtOnce(t *testing.T) {
	env := setUp(t)
	var all sync.WaitGroup
	for i := range 10 {
		c := newClient(t, env)
		all.Go(func() {
			c.start()
			c.execute(fmt.Sprintf("var number = %d", i)).wantOK("")
			c.execute("%%\nfmt.Println(number)").wantOK(strconv.Itoa(i) + "\n")
			c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": false}))
			c.waitEnd()
			c.wantNothingLeft()
		})
	}
	all.Wait()
}

func TestAKernelWithoutRoomSaysSo(t *testing.T) {
	c := newClient(t, setUp(t))
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("mounts a small file system")
	}
	temp := filepath.Join(c.folder, "t")
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "none", temp).CombinedOutput(); err != nil {
		t.Skipf("cannot mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", temp).Run() })
	c.start()
	r := c.execute("%%\nfmt.Println(1)") // its program alone takes more
	if r.status() != "error" || !strings.Contains(r.traceback(), "no space left on device") {
		t.Errorf("status %s, %s\n%s", r.status(), r.said(), r.traceback())
	}
	c.execute("!echo here").wantOK("here\n")
}

func TestAKernelThatCannotStartSaysWhy(t *testing.T) {
	env := setUp(t)
	for name, test := range map[string]struct{ content, setting, want string }{
		"no connection file":              {"", "", "reading the connection file"},
		"a broken connection file":        {"{", "", "reading the connection file"},
		"an unknown transport":            {`{"transport": "udp", "signature_scheme": "hmac-sha256"}`, "", "only tcp and ipc"},
		"an unknown signature":            {`{"transport": "tcp", "key": "a", "signature_scheme": "md5"}`, "", "only hmac-sha256"},
		"a temporary folder that is gone": {`{"transport": "ipc", "ip": "FOLDER/c", "key": "a", "signature_scheme": "hmac-sha256", "shell_port": 1, "control_port": 2, "stdin_port": 3, "iopub_port": 4, "hb_port": 5}`, "TMPDIR=/no/such/folder", "TMPDIR"},
		"an address in use":               {`{"transport": "ipc", "ip": "/no/such/c", "key": "a", "signature_scheme": "hmac-sha256"}`, "", "listening for Jupyter"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "kernel-1.json")
			if test.content != "" {
				if err := os.WriteFile(file, []byte(strings.ReplaceAll(test.content, "FOLDER", folder)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out, err := kernelCommand(t, env, file, test.setting).CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.want) || strings.Count(string(out), "\n") != 1 {
				t.Errorf("%v, %q; want one line with %q", err, out, test.want)
			}
		})
	}
}

// BenchmarkMessage measures what the front adds to a message: a command that prints nothing, through the front and to
// GoNB alone.
func BenchmarkMessage(b *testing.B) {
	if testing.Short() {
		b.Skip("needs the set-up")
	}
	for name, through := range map[string]bool{"front": true, "GoNB alone": false} {
		b.Run(name, func(b *testing.B) {
			c := benchmarkKernel(b, through)
			for b.Loop() {
				c.execute("%cd")
			}
		})
	}
}

// benchmarkKernel starts a kernel, or GoNB as the kernel that it would be without a front.
func benchmarkKernel(b *testing.B, through bool) *client {
	c := newClient(b, setUp(b))
	if !through {
		c.withoutFront()
	}
	c.start()
	return c
}
