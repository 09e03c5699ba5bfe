package front

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

func TestACellIsCompleteIncompleteOrInvalid(t *testing.T) {
	for status, cells := range map[string][]string{
		"complete":   {"", "%%\nfmt.Println(1)", "var x int", "!ls \\\n -l", "%%bash\nif true", "import \"fmt\"\n\n%% --n=8\nfmt.Println()", "var s = `%d\n`", "type a struct {\n}"},
		"incomplete": {"%%", "%%\nif true {", "func f(", "/* a", "var x = `a\n", "%%\nx := 1 +", "func f() {\n\tfor {"},
		"invalid":    {"x := 1", "%%\n}", "func f() { := }", "var 3 int"},
	} {
		for _, cell := range cells {
			if got := isComplete(cell); got["status"] != status {
				t.Errorf("%q is %s, want %s", cell, got["status"], status)
			}
		}
	}
	if got := isComplete("func f() {\n\tfor {")["indent"]; got != strings.Repeat(" ", 8) {
		t.Errorf("the next line begins with %q, want two times four spaces", got)
	}
}

func TestGoNBGetsTheCommandsOfACellAndAStubForItsGo(t *testing.T) {
	f := testFront(t)
	run, script := "exec \"$MULTIPROCESSING_RUNNER\" -shell ", fmt.Sprintf("%%%%script %q -script ", f.backend.runner())
	for code, want := range map[string]string{
		"x\n!ls":                           "!" + run + "'ls'", // and a syntax error
		"!*go get x":                       "!*" + run + "'go get x'",
		"//gonb:! ls":                      "!" + run + "'ls'",
		"!a \\\n!b\n!c":                    "!" + run + "'a  !b'\n!" + run + "'c'",
		"!echo 'a b'":                      "!" + run + `'echo '\''a b'\'''`,
		"%env A \\\r\n!b":                  "%env A  !b",
		"%%bash\r\necho\n!x":               script + "bash\necho\n!x",
		"%%bash":                           script + "bash\n",
		"%%bash -x\necho":                  "%%bash -x\necho",
		"%%writefile a\r\n!x":              "%%writefile a\n!x",
		"%%script python3 \"a  b\"\n!x":    script + "python3 \"a  b\"\n!x",
		"%%script":                         "%%script",
		"var x = `\n!a\n%b`":               gonb.Stub,
		"! \n%\t\n!\n%":                    "",
		"%% --n=8\nf()":                    "%args --n=8\n" + gonb.Stub,
		"%exec f --n=8":                    "%args --n=8\n" + gonb.Stub,
		"%main\nf()\n%capture x":           "%capture x\n" + gonb.Stub,
		"%test\nfunc TestA(*testing.T) {}": "%test\n" + gonb.Stub + "\nfunc TestA() {}",
		"%rm a\n%reset go.mod":             "%reset go.mod",
		"%with_inputs\n!a":                 "!" + run + "'a'",
		"// a comment":                     "",
	} {
		if got := f.compose(&execution{code: code}).code; got != want {
			t.Errorf("%q becomes %q, want %q", code, got, want)
		}
	}
}

func TestACellThatIsRunAgainKeepsItsNameInThePrograms(t *testing.T) {
	f := testFront(t)
	run := func(code string, count int, id string) cell.Origin {
		c := &execution{code: code, count: count, storeHistory: count > 0}
		c.Metadata = wire.JSON(map[string]string{"cellId": id})
		return f.origin(c)
	}
	for _, test := range []struct {
		code         string
		count        int
		id           string
		owner, label string
	}{
		{"a", 1, "", "", "Cell [1]"}, {"b", 2, "x", "x", "Cell [2]"}, {"a", 3, "", "", "Cell [1]"}, {"c", 4, "x", "x", "Cell [4]"},
		{"silent", 0, "", "", "Cell [0]"}, {"silent, too", 0, "", "", "Cell [0]"},
	} {
		if test.id == "" { // the text is the cell
			sum := sha256.Sum256([]byte(test.code))
			test.owner = string(sum[:])
		}
		if got := run(test.code, test.count, test.id); got.Owner != test.owner || got.Label != test.label {
			t.Errorf("%+v: %+v", test, got)
		}
	}
	if p := f.placeOf("1", "7"); p != (place{3, 7}) {
		t.Errorf("the cell is found at %v, want where it was last run", p)
	}
}

// testFront is a front without GoNB and without clients.
func testFront(t *testing.T) *front {
	t.Helper()
	return &front{backend: &backend{folder: t.TempDir()}, sockets: &sockets{iopub: listening(t)}, packages: cell.NewPackages("", "", "", ""),
		labels: map[[32]byte]int{}, unbuilt: map[string]place{}, counts: map[int]int{}, done: make(chan struct{}), events: make(chan func(), 100)}
}

func listening(t *testing.T) *zmtp.Server {
	t.Helper()
	server, err := zmtp.Listen("PUB", "tcp", "127.0.0.1:0", 1<<20, 1<<20, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(t.Context()) })
	return server
}

func TestTheHistoryIsFoundAndBounded(t *testing.T) {
	var h history
	for i := range 1200 {
		h.add(i+1, fmt.Sprintf("cell %d", i%600))
	}
	if len(h.entries) != historyLimit || h.code(1200) != "cell 599" || h.code(1) != "" {
		t.Errorf("%d remembered, the last %q, the first %q", len(h.entries), h.code(1200), h.code(1))
	}
	for _, test := range []struct {
		want  historyRequest
		first string
		n     int
	}{
		{historyRequest{Type: "tail", N: 3}, "cell 597", 3},
		{historyRequest{Type: "range", Start: 1000, Stop: 1002}, "cell 399", 2},
		{historyRequest{Type: "range", Session: 7}, "", 0},
		{historyRequest{Type: "search", Pattern: "cell 59?"}, "cell 590", 20},
		{historyRequest{Type: "search", Pattern: "cell 59?", Unique: true}, "cell 590", 10},
		{historyRequest{Type: "search", Pattern: "["}, "", 0},
	} {
		found := h.find(test.want)
		if len(found) != test.n || test.n > 0 && found[0].code != test.first {
			t.Errorf("%+v: found %d, %v", test.want, len(found), found)
		}
	}
	h.add(1201, strings.Repeat("x", historyBytes))
	if len(h.entries) != 1 {
		t.Errorf("%d remembered beside a cell of 4 MB", len(h.entries))
	}
}

func TestTheEndOfLongOutputIsKept(t *testing.T) {
	var o output
	for i := range 200_000 {
		o.keep(piece{"stdout", fmt.Sprintln("line", i)})
	}
	var all strings.Builder
	for _, p := range o.tail {
		all.WriteString(p.text)
	}
	if n := all.Len(); n < tailLimit || n > tailLimit+32<<10 || n != o.tailSize || !strings.HasSuffix(all.String(), "line 199999\n") {
		t.Errorf("%d bytes are kept and %d counted, want little over %d", n, o.tailSize, tailLimit)
	}
	if got := wholeLines("a\nbé"); got != "a\n" {
		t.Errorf("cut to %q", got)
	}
	if got := wholeLines("é"[:1]); got != "" {
		t.Errorf("half a character is cut to %q", got)
	}
	if got := fromLine("é"[1:] + "x"); got != "x" {
		t.Errorf("from half a character on: %q", got)
	}
}

func TestOfAHugeCrashTheBeginningIsKeptAndTheRestCounted(t *testing.T) {
	var k crash
	timer := func(time.Duration, func()) *time.Timer { return time.NewTimer(time.Hour) }
	if rest := k.take("before\npanic: much\n", nil, timer); rest != "before\n" {
		t.Errorf("%q is not of it", rest)
	}
	for range 10 {
		if rest := k.take(strings.Repeat("x", 100_000), nil, timer); rest != "" {
			t.Errorf("%d bytes are not of it", len(rest))
		}
	}
	text := k.release()
	if !strings.HasPrefix(text, "panic: much\nxxx") || !strings.HasSuffix(text, "x\n[left out: 0.7 MB more of this]\n") {
		t.Errorf("%d bytes, which end with %q", len(text), text[len(text)-50:])
	}
	if text := k.release(); text != "" {
		t.Errorf("%q is still held", text)
	}
}

func TestPlacesInTracesAndMessagesAreThoseOfTheLastRun(t *testing.T) {
	f := testFront(t)
	f.counts[2], f.counts[3] = 2, 5 // the cell that was first run as 3
	f.history.add(2, "func deep(n int) {\n\tpanic(n)\n}")
	f.history.add(5, "%%\r\ndeep(7)")
	trace := "main.deep(...)\n\t/tmp/gonb_1/Cell [2]:2\nmain.main()\n\t/tmp/gonb_1/Cell [3]:2 +0x1d\nruntime.main()\n\t/usr/lib/go/src/runtime/proc.go:12"
	got, first := f.places(trace)
	want := "main.deep(...)\n\tCell [2] line 2: panic(n)\nmain.main()\n\tCell [5] line 2: deep(7)\nruntime.main()\n\t/usr/lib/go/src/runtime/proc.go:12"
	if got = colors.ReplaceAllString(got, ""); got != want || first != (place{2, 2}) {
		t.Errorf("first %v in\n%s\nwant\n%s", first, got, want)
	}
	failed := f.notBuilt(&execution{builds: builds{output: "# gonb_1\n./Cell [3]:2:1: deep redeclared in this block\n\t./Cell [2]:1:6: other declaration of deep, at Cell [3]:2:1[/tmp/main.go:6:12]\n./main.go:3:1: odd\nexit status 1"}})
	said := colors.ReplaceAllString(strings.Join(failed.Traceback, "\n"), "")
	if want := "Cell [5] line 2: deep redeclared in this block\n    deep(7)\n    ^\nCell [2] line 1: other declaration of deep, at Cell [5] line 2\n    func deep(n int) {\n         ^\nodd"; said != want {
		t.Errorf("said\n%s\nwant\n%s", said, want)
	}
}
