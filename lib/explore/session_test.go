package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"go.uber.org/goleak"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/notebook"
)

// TestMain plays the cell when a test starts this binary again as one.
func TestMain(m *testing.M) {
	if os.Getenv("CELL") != "" {
		playCell()
		return
	}
	goleak.VerifyTestMain(m)
}

// page is what a reader sees: the last message of each display.
type page struct {
	mu       sync.Mutex
	displays map[string]notebook.Message
	order    []string
}

func (p *page) put(m notebook.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.displays[m.ID]; !known {
		p.order = append(p.order, m.ID)
	}
	p.displays[m.ID] = m
	return nil
}

func (p *page) last(id string) notebook.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.displays[id]
}

// sees returns the state, the line, and the plain text of the results.
func (p *page) sees(s *session) (state, said string, results []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.order {
		if id != s.id && id != s.panel.statusID() {
			results = append(results, p.displays[id].Bundle[protocol.MIMETextPlain])
		}
	}
	s.panel.mu.Lock()
	defer s.panel.mu.Unlock()
	return s.panel.state, s.panel.said, results
}

// serving serves a cell in the bubble of a test until it ends.
func serving(c Cell) (*session, *page, <-chan bool) {
	p := &page{displays: map[string]notebook.Message{}}
	s, ended := newSession(c, p.put), make(chan bool)
	go func() { s.serve(nil); close(ended) }()
	synctest.Wait()
	return s, p, ended
}

func (s *session) press(do string, values ...string) {
	text, _ := json.Marshal(request{do, values})
	s.receive(string(text))
	synctest.Wait()
}

func over(ended <-chan bool) bool {
	synctest.Wait()
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

// inside makes display believe that there is a notebook: its output is
// redirected before it could miss it.
func inside(t *testing.T) { t.Setenv(protocol.GONB_PIPE_ENV, "none") }

func TestEachRunTakesThePlaceOfTheOneBefore(t *testing.T) {
	inside(t)
	synctest.Test(t, func(t *testing.T) {
		workers, work := 4, "equal"
		s, p, ended := serving(Cell{
			Controls: []Control{Int("workers", &workers, 0, 16), Choice("work", &work, "equal", "unequal")},
			Run: func(out *Output) {
				out.Table(dataframe.New(series.New([]int{workers}, series.Int, "workers")))
				if work == "unequal" {
					display.Markdown("uneven")
				}
			},
		})
		for _, run := range []struct{ workers, work, want string }{
			{"16", "unequal", "workers\n     16\n,uneven"}, {"0", "equal", "workers\n      0\n,"}, {"7", "unequal", "workers\n      7\n,uneven"},
		} {
			s.press("run", run.workers, run.work)
			state, said, results := p.sees(s)
			if got := strings.Join(results, ","); got != run.want || state != "ready" || !strings.Contains(said, "with workers = "+run.workers+" and work = "+run.work+", took") {
				t.Errorf("shown %q, want %q; %s: %s", got, run.want, state, said)
			}
		}
		if s.press("stop"); !over(ended) {
			t.Fatal("it goes on after Stop")
		}
		left := p.last(s.id).Bundle[protocol.MIMETextPlain]
		if left != "Stopped after run 3. What is shown is of the last, with workers = 7 and work = unequal. Run this cell again to go on." {
			t.Errorf("in place of the controls: %q", left)
		}
		if m := p.last(s.panel.statusID()); len(m.Metadata) > 0 || m.Bundle[protocol.MIMETextHTML] != "" {
			t.Errorf("saved with the notebook: %v", m)
		}
	})
}

func TestWhatIsNotAllowedIsNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		workers, share, work := 4, 0.5, "equal"
		s, p, _ := serving(Cell{
			Controls: []Control{Int("workers", &workers, 1, 16), Float("share", &share, 0, 1, 0.1), Choice("work", &work, "equal", "unequal")},
			Run:      func(*Output) { t.Error("it ran") },
		})
		for _, bad := range []struct {
			values []string
			want   string
		}{
			{[]string{"17", "0", "equal"}, `workers: "17" is no whole number from 1 to 16`},
			{[]string{"0", "0", "equal"}, `workers: "0" is no`},
			{[]string{"", "0", "equal"}, `workers: "" is no`},
			{[]string{"1e1", "0", "equal"}, `workers: "1e1" is no`},
			{[]string{"99999999999999999999", "0", "equal"}, `workers: "99999999999999999999" is no`},
			{[]string{"1; os.Exit(1)" + strings.Repeat("x", 1000), "0", "equal"}, `workers: "1; os.Exit(1)xxxxxxx…" is no`},
			{[]string{"1", "NaN", "equal"}, `share: "NaN" is no number from 0 to 1`},
			{[]string{"1", "Inf", "equal"}, `share: "Inf" is no`},
			{[]string{"1", "-0.1", "equal"}, `share: "-0.1" is no`},
			{[]string{"1", "0", "<b>"}, `work: "<b>" is none of equal, unequal`},
			{[]string{"1", "0"}, "there are 2 values for 3 controls"},
			{nil, "there are 0 values for 3 controls"},
		} {
			s.press("run", bad.values...)
			if state, said, _ := p.sees(s); state != "ready" || !strings.HasPrefix(said, "Not run: "+bad.want) {
				t.Errorf("%q: %s: %s", bad.values, state, said)
			}
		}
		for _, junk := range []any{nil, 1.5, true, []any{"run"}, map[string]any{"Do": "stop"}, "", "{", `"stop"`, `{"do":"exec"}`, `{"do":"run","values":[1]}`, strings.Repeat(" ", longest) + `{"do":"stop"}`} {
			s.receive(junk)
			synctest.Wait()
		}
		if workers != 4 || share != 0.5 || work != "equal" {
			t.Errorf("now %d, %g, %s", workers, share, work)
		}
		s.press("stop")
	})
}

func TestStopEndsTheCellInTheMiddleOfARun(t *testing.T) {
	inside(t)
	synctest.Test(t, func(t *testing.T) {
		n, goOn := 1, make(chan bool)
		s, p, ended := serving(Cell{Controls: []Control{Int("n", &n, 1, 2)}, Run: func(out *Output) {
			out.Markdown("before")
			<-goOn
		}})
		s.press("run", "2")
		s.press("run", "1") // a second press is no second run
		if state, said, _ := p.sees(s); state != "running" || said != "Run 1, with n = 2, is computing." {
			t.Errorf("%s: %s", state, said)
		}
		if s.press("stop"); !over(ended) {
			t.Fatal("it goes on after Stop")
		}
		if err := s.places.show("", notebook.Bundle{protocol.MIMETextPlain: "late"}); err != nil {
			t.Error(err)
		}
		if _, _, results := p.sees(s); len(results) != 1 || results[0] != "before" {
			t.Errorf("shown %q", results)
		}
		close(goOn)
	})
}

func TestAFailedRunIsNotTheLast(t *testing.T) {
	inside(t)
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s, p, _ := serving(Cell{Controls: []Control{Int("n", &n, 0, 9)}, Run: func(out *Output) {
			switch n {
			case 1:
				panic(errors.New("pool: no workers"))
			case 2:
				runtime.Goexit()
			}
			out.Markdown("fine")
		}})
		for i, want := range []string{"Run 1, with n = 0, took", "Run 2, with n = 1, failed: panic: pool: no workers.", "Run 3, with n = 2, failed: it ended its goroutine", "Run 4, with n = 0, took"} {
			s.press("run", fmt.Sprint(i%3))
			if state, said, _ := p.sees(s); state != "ready" || !strings.HasPrefix(said, want) {
				t.Errorf("%s: %s, want %s", state, said, want)
			}
		}
		s.press("run", "1")
		s.press("stop")
		if left := p.last(s.id).Bundle[protocol.MIMETextPlain]; !strings.HasPrefix(left, "Stopped after run 5, with n = 1, which failed: ") {
			t.Errorf("in place of the controls: %q", left)
		}
	})
}

func TestACellThatNobodyUsesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s, _, ended := serving(Cell{Controls: []Control{Int("n", &n, 0, 1)}, Run: func(*Output) { time.Sleep(2 * idleLimit) }})
		time.Sleep(idleLimit - time.Second)
		s.press("run", "1")
		time.Sleep(3*idleLimit - time.Second) // the run, and then idle
		if over(ended) {
			t.Error("it ended early")
		}
		time.Sleep(2 * time.Second)
		if !over(ended) {
			t.Error("it goes on")
		}
	})
}

func TestProgressStandsBelowTheControls(t *testing.T) {
	inside(t)
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s, p, _ := serving(Cell{Controls: []Control{Int("n", &n, 0, 1)}, Run: func(*Output) {
			_ = notebook.Update("mp-progress", notebook.Bundle{protocol.MIMETextPlain: "serial: round 1"})
			time.Sleep(time.Second)
		}})
		s.press("run", "1")
		if m := p.last(s.panel.statusID()); m.Bundle[protocol.MIMETextPlain] != "serial: round 1" || m.Metadata["explore"] != "running" {
			t.Errorf("got %v", m)
		}
		time.Sleep(2 * time.Second)
		if _, _, results := p.sees(s); len(results) > 0 || p.last(s.panel.statusID()).Bundle[protocol.MIMETextPlain] != "" {
			t.Errorf("left: %q", results)
		}
		s.press("stop")
	})
}
