package front

import (
	"regexp"
	"slices"
	"strings"
)

// tests is the parsed output of a cell with %test.
type tests struct {
	name   string // name of the running test
	logged map[string][]logged
	failed []string // names, in order
	lines  int      // number of lines in logged
	line   string   // an incomplete line
}

const (
	loggedMost = 10_000   // maximum number of logged lines that are stored
	testsShown = 50       // maximum number of lines of failed tests that are shown
	lineMost   = 64 << 10 // length at which a line is handled before its end
)

// logged is a line that a test has logged.
type logged struct {
	at   place
	said string
}

var (
	testRuns   = regexp.MustCompile(`^=== (?:RUN|CONT|NAME) +(\S+)`)
	testFailed = regexp.MustCompile(`^ *--- FAIL: (\S+)`)
	testLogged = regexp.MustCompile(`^( +)Cell \[(\d+)\]:(\d+): (.*)`)
)

// takeTests parses the output of tests. It returns whole lines, with places in cells.
func (f *front) takeTests(t *tests, text string) (rest string) {
	text = t.line + text
	for line := range strings.Lines(text) {
		if t.line = line; strings.HasSuffix(line, "\n") || len(line) > lineMost {
			rest, t.line = rest+f.testLine(t, line), ""
		}
	}
	return rest
}

func (f *front) testLine(t *tests, line string) string {
	if match := testRuns.FindStringSubmatch(line); match != nil {
		t.name = match[1]
	} else if match := testFailed.FindStringSubmatch(line); match != nil {
		t.name = match[1] // a benchmark's lines follow
		if len(t.failed) < loggedMost {
			t.failed = append(t.failed, t.name)
		}
	} else if match := testLogged.FindStringSubmatch(line); match != nil {
		l := logged{f.placeOf(match[2], match[3]), match[4]}
		if t.logged == nil {
			t.logged = map[string][]logged{}
		}
		if t.lines++; t.lines <= loggedMost {
			t.logged[t.name] = append(t.logged[t.name], l)
		}
		return match[1] + l.at.String() + ": " + l.said + "\n"
	}
	return line
}

// failing matches a source line that makes a test fail.
var failing = regexp.MustCompile(`\.(?:Error|Fatal|Fail)`)

// testsFailed returns the failure of a cell whose tests have failed: for each test the lines logged by calls that made it
// fail, or all its lines if there are none.
func (f *front) testsFailed(t *tests) *failure {
	e := &failure{Name: "TestFailed"}
	for _, name := range t.failed {
		lines := slices.DeleteFunc(slices.Clone(t.logged[name]), func(l logged) bool { return !failing.MatchString(f.source(l.at)) })
		if len(lines) == 0 {
			lines = t.logged[name]
		}
		for _, l := range lines {
			e.add(f, l.at, 0, name+": "+l.said)
		}
		if len(e.Traceback) >= testsShown {
			e.Traceback = append(e.Traceback[:testsShown], "more lines are in the output above")
			break
		}
		inner := func(other string) bool { return strings.HasPrefix(other, name+"/") }
		if len(lines) == 0 && !slices.ContainsFunc(t.failed, inner) {
			e.add(f, place{}, 0, name+" has failed without a message")
		}
	}
	return e
}
