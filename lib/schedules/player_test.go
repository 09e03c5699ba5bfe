package schedules_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"multiprocessing/lib/schedules"
)

// played is what the player's script gets.
type played struct {
	Lanes, Variables, Words []string
	Shown                   []int
	States                  []struct {
		Values []int
		Moves  [][]any
		End    *struct {
			Failure string
			Failed  int
			Waiting map[string]string
		}
	}
	Begin  int
	Strict bool
}

// facts reads it from the page.
func facts(t *testing.T, body func()) (f played) {
	t.Helper()
	page := schedules.Play(body).HTML()
	_, content, _ := strings.Cut(page, "\n})(") // the script's last brace, and its argument
	content = strings.TrimSuffix(content, ")</script>")
	if err := json.Unmarshal([]byte(content), &f); err != nil {
		t.Fatalf("%v in %s", err, page)
	}
	return f
}

// move is one possible step of a state.
type move struct {
	lane, line, to, partner int
	what                    string
	races                   int
}

func (f *played) moves(state int) (moves []move) {
	for _, m := range f.States[state].Moves {
		number := func(i int) int { return int(m[i].(float64)) }
		next := move{lane: number(0), what: f.Words[number(1)], line: number(2), to: number(3), partner: -1}
		if len(m) > 4 {
			next.partner = number(4)
			next.races = len(m) - 6
		}
		moves = append(moves, next)
	}
	return moves
}

// walk calls visit for each path from the begin to an end, until it returns false.
func (f *played) walk(visit func(path []move, choices []int, goroutines [][][2]int, end int) bool) {
	var path []move
	var choices []int
	var goroutines [][][2]int
	var from func(state int) bool
	from = func(state int) bool {
		moves := f.moves(state)
		if len(moves) == 0 {
			return visit(path, choices, goroutines, state)
		}
		var pairs [][2]int
		for _, m := range moves {
			pairs = append(pairs, [2]int{m.lane + 1, m.partner + 1})
		}
		goroutines = append(goroutines, pairs)
		for i, m := range moves {
			path, choices = append(path, m), append(choices, i)
			if !from(m.to) {
				return false
			}
			path, choices = path[:len(path)-1], choices[:len(choices)-1]
		}
		goroutines = goroutines[:len(goroutines)-1]
		return true
	}
	from(f.Begin)
}

func TestThePlayerOfTwoIncrementsHas6SchedulesAnd4LoseOne(t *testing.T) {
	f := facts(t, increments(2))
	ends := map[string]int{}
	f.walk(func(path []move, _ []int, _ [][][2]int, end int) bool {
		if len(path) != 5 {
			t.Errorf("%d steps, want two of each increment and the last read", len(path))
		}
		failure, _, _ := strings.Cut(f.States[end].End.Failure, " at line")
		value := f.Words[f.States[end].Values[0]]
		ends[failure+"/"+value]++
		races := 0
		for _, m := range path {
			races += m.races
		}
		if races != 1 {
			t.Errorf("%d data races in %v, want 1", races, path)
		}
		return true
	})
	if want := map[string]int{"/2": 2, "count is 1/1": 4}; !maps.Equal(ends, want) {
		t.Errorf("ends %v, want %v", ends, want)
	}
	if !slices.Equal(f.Lanes, []string{"main", "goroutine 2", "goroutine 3"}) || !slices.Equal(f.Variables, []string{"count"}) || len(f.Shown) != 3 {
		t.Errorf("lanes %v, shown %v, variables %v", f.Lanes, f.Shown, f.Variables)
	}
}

// TestEveryPathOfAPlayerIsASchedule compares players of random programs with Replay and with Explore.
func TestEveryPathOfAPlayerIsASchedule(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 0))
	programs, paths := 0, 0
	for programs < 60 {
		body, source, _ := randomProgram(r)
		all := schedules.Explore(body, schedules.Runs(300), schedules.Unreduced())
		endless := func(f schedules.Failure) bool { return f.Kind == schedules.Endless }
		if !all.All || len(all.Failures) == 20 || slices.ContainsFunc(all.Failures, endless) {
			continue // a player has no endless schedules
		}
		programs++
		f := facts(t, body)
		failures, n := map[string]bool{}, 0
		f.walk(func(path []move, choices []int, goroutines [][][2]int, end int) bool {
			n++
			name := schedules.NameOf(goroutines, choices, f.Strict)
			s, err := schedules.Replay(body, name)
			if err != nil {
				t.Fatalf("%s: %v", source, err)
			}
			got := f.States[end].End
			if len(s.Steps) != len(path) || !strings.HasPrefix(got.Failure, s.Failure) || (got.Failure == "") != (s.Failure == "") || got.Failed != s.Failed {
				t.Fatalf("%s: schedule %s has %d steps and ends with %q, but in Replay\n%s", source, name, len(path), got.Failure, s.Text())
			}
			for i, step := range s.Steps {
				if m := path[i]; m.lane != step.Lane || m.what != step.What || m.line != step.Line || m.partner != step.Partner {
					t.Fatalf("%s: schedule %s: step %d is %+v, in Replay %+v", source, name, i+1, m, step)
				}
				for v, variable := range s.Variables {
					value := f.Words[f.States[path[i].to].Values[slices.Index(f.Variables, variable)]]
					if value != step.Values[v] {
						t.Fatalf("%s: schedule %s: after step %d %s is %s, in Replay\n%s", source, name, i+1, variable, value, s.Text())
					}
				}
			}
			if s.Failure != "" {
				failures[s.Failure] = true
			}
			return true
		})
		paths += n
		if n > all.Runs || len(all.Failures) == 0 && n != all.Runs {
			t.Errorf("%s: %d paths, but %d schedules", source, n, all.Runs)
		}
		want := map[string]bool{}
		for _, failure := range all.Failures {
			want[failure.Message] = true
		}
		if !maps.Equal(failures, want) {
			t.Errorf("%s: the player ends with %v, Explore with %v", source, failures, want)
		}
	}
	t.Logf("%d programs with %d paths", programs, paths)
}

func TestALargeProgramHasNoPlayer(t *testing.T) {
	long := func() {
		v := schedules.NewVar("v", 0)
		for i := range 201 {
			v.Set(i)
		}
	}
	for _, body := range []func(){increments(6), long} {
		p := schedules.Play(body)
		for _, shown := range []string{p.HTML(), p.Text()} {
			if strings.Contains(shown, "<button") || !strings.Contains(shown, "more than 3,000 states, or a schedule of more than 200 steps") {
				t.Errorf("%s", shown)
			}
		}
	}
}

func TestThePlayerEscapesNames(t *testing.T) {
	page := schedules.Play(func() {
		v := schedules.NewVar("</script><b>", "<i>")
		v.Set("&")
		schedules.Checkf(false, "</script>")
	}).HTML()
	if strings.Count(page, "</script>") != 1 || strings.Contains(page, "<b>") || strings.Contains(page, "<i>") {
		t.Errorf("%s", page)
	}
}

func TestThePlayerOfADeadlockSaysWhoWaits(t *testing.T) {
	f := facts(t, philosophers(3, false))
	deadlocks := 0
	for _, s := range f.States {
		if s.End != nil && strings.HasPrefix(s.End.Failure, "deadlock: ") {
			deadlocks++
			if len(s.End.Waiting) != 4 || !strings.Contains(s.End.Waiting["1"], "goroutine 2 waits for Lock of fork 1, which goroutine 3 holds") {
				t.Errorf("%v", s.End.Waiting)
			}
		}
	}
	if deadlocks != 1 {
		t.Errorf("%d states with a deadlock, want 1", deadlocks)
	}
}

func TestThePlayerIsAlwaysTheSame(t *testing.T) {
	first := schedules.Play(producerConsumer).HTML()
	for range 3 {
		if again := schedules.Play(producerConsumer).HTML(); again != first {
			t.Errorf("first %s\nthen %s", first, again)
		}
	}
}

func TestAPlayerNeedsABodyThatDoesTheSameEachTime(t *testing.T) {
	defer func() {
		if message, _ := recover().(string); !strings.Contains(message, "does not do the same each time") {
			t.Errorf("panic: %q", message)
		}
	}()
	runs := 0
	schedules.Play(func() {
		runs++
		v := schedules.NewVar("v", 0)
		for range max(1, 3-runs) {
			schedules.Go(func() { v.Set(1) })
		}
	})
	t.Error("Play returned")
}
