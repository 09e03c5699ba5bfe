package display

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/timing/progress"
)

// clocked is a tracker whose clock stands still until it is moved.
type clocked struct {
	tracker
	at     time.Time
	expire func() // what would run after the first second
	shown  []string
}

func newClocked() *clocked {
	c := &clocked{at: time.Unix(1000, 0)}
	c.now = func() time.Time { return c.at }
	c.after = func(_ time.Duration, f func()) *time.Timer {
		c.expire = f
		return time.NewTimer(time.Hour)
	}
	c.show = func(id int, s progress.Step) {
		text := progressText(s)
		if s.Done {
			text = "gone"
		}
		c.shown = append(c.shown, fmt.Sprintf("%d: %s", id, text))
	}
	return c
}

func TestTheFirstSecondShowsNothing(t *testing.T) {
	c := newClocked()
	for i := range 10 {
		c.report(progress.Step{Doing: "a", Round: i})
		c.at = c.at.Add(90 * ms)
	}
	c.report(progress.Step{Done: true})
	c.expire() // too late: it ended before
	if len(c.shown) > 0 {
		t.Errorf("got %q", c.shown)
	}
}

func TestThenItIsShownTenTimesASecondAndGoneWhenDone(t *testing.T) {
	c := newClocked()
	for i := range 3000 {
		c.report(progress.Step{Doing: "a", Round: i + 1})
		c.at = c.at.Add(ms)
	}
	c.report(progress.Step{Done: true})
	c.report(progress.Step{Done: true})
	if n := len(c.shown); n != 21 || c.shown[n-1] != "1: gone" || c.shown[0] != "1: a: round 1001" {
		t.Errorf("%d updates: %q", n, c.shown)
	}
}

func TestAFirstStepOfMoreThanASecondIsShownWhileItRuns(t *testing.T) {
	c := newClocked()
	c.report(progress.Step{Doing: "slow"})
	c.at = c.at.Add(time.Second)
	c.expire()
	c.report(progress.Step{Done: true})
	if got := strings.Join(c.shown, "|"); got != "1: slow: first run|1: gone" {
		t.Errorf("got %q", got)
	}
}

func TestASecondPieceOfWorkBeginsAnew(t *testing.T) {
	c := newClocked()
	c.report(progress.Step{Doing: "a"})
	late := c.expire
	c.report(progress.Step{Done: true})
	c.report(progress.Step{Doing: "b"})
	late() // the first one's
	if len(c.shown) > 0 {
		t.Errorf("got %q", c.shown)
	}
	c.expire()
	if got := strings.Join(c.shown, "|"); got != "2: b: first run" {
		t.Errorf("got %q", got)
	}
}

func TestTheTimeLeftNeverGrows(t *testing.T) {
	c := newClocked()
	c.report(progress.Step{Doing: "a"})
	for i, left := range []time.Duration{9, 10, 20, 3, 74, 74, 1} { // seconds, as a busy machine would have it
		c.at = c.at.Add(time.Second)
		c.report(progress.Step{Doing: "a", Round: i + 1, Left: left * time.Second})
	}
	c.report(progress.Step{Done: true})
	c.report(progress.Step{Doing: "b"}) // a new piece of work, with its own time
	c.at = c.at.Add(time.Second)
	c.report(progress.Step{Doing: "b", Round: 1, Left: 30 * time.Second})
	want := []string{
		"1: a: round 1, about 9 s left", "1: a: round 2, about 8 s left", "1: a: round 3, about 7 s left", "1: a: round 4, about 3 s left",
		"1: a: round 5, about 2 s left", "1: a: round 6, about 1 s left", "1: a: round 7, longer than expected", "1: gone",
		"2: b: round 1, about 30 s left",
	}
	if got := strings.Join(c.shown, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestManyGoroutinesMayReport(t *testing.T) {
	c := newClocked()
	c.now = time.Now
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for k := range 100 {
				c.report(progress.Step{Doing: fmt.Sprint(i), Round: k, Done: k%10 == 9})
			}
		})
	}
	all.Wait()
}

func TestTheWordsOfProgress(t *testing.T) {
	for want, s := range map[string]progress.Step{
		"pool: first run":                       {Doing: "pool"},
		"pool: round 3, about 8 s left":         {Doing: "pool", Round: 3, Left: 7100 * ms},
		"pool: round 3 of 12, about 2 min left": {Doing: "pool", Round: 3, Of: 12, Left: 100 * time.Second},
		"two lines: round 1":                    {Doing: "two\nlines", Round: 1},
		"pool: round 3, longer than expected":   {Doing: "pool", Round: 3, Left: -1},
	} {
		if got := progressText(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	golden(t, "progress.html", progressHTML(progress.Step{Doing: "<b>pool</b>", Round: 3, Of: 12, Left: time.Second}))
}

func TestOutsideANotebookProgressIsOneLineOnStderr(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	printedID = 0
	out, errs := printed(t, func() {
		for i := range 3 {
			showProgress(77, progress.Step{Doing: "a", Round: i + 1})
		}
		showProgress(77, progress.Step{Done: true})
	})
	if out != "" || errs != "a: round 1\n" {
		t.Errorf("got %q and %q", out, errs)
	}
}
