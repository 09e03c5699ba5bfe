package schedules

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"strconv"
	"strings"
)

var (
	//go:embed player.css
	playerStyle string
	//go:embed player.js
	playerScript string
)

// Player lets a reader be the scheduler: buttons in the page choose which goroutine takes the next step. It holds every
// schedule of a program, so the page needs no kernel.
type Player struct {
	tree *tree
}

// Play prepares a player for a small program. The rules for body are those of Explore. A program of more than 3,000 states
// or 200 steps is too large: its player has no buttons and says so.
//
// A state costs one or two runs of the body, each a few times as long as one of Explore: see BenchmarkPlay.
func Play(body func()) *Player { return play(body, fileOf(body)) }

func play(body func(), home string) *Player {
	defer lock("Play")()
	return &Player{grow(body, home)}
}

const tooLarge = "this program has more than 3,000 states, or a schedule of more than 200 steps, too many to choose by hand: use fewer goroutines or steps"

// HTML shows the player, for display.HTML. Its text form is Text.
func (p *Player) HTML() string {
	if p.tree.large() {
		return notice(tooLarge)
	}
	facts, err := json.Marshal(p.tree.encode())
	if err != nil {
		panic("schedules: " + err.Error()) // strings and numbers always encode
	}
	return fmt.Sprintf(`<div class="mp-play" data-lm-suppress-shortcuts="true"><style>%s</style>`+
		`<strong>You are the scheduler</strong><div>Choose which goroutine takes the next step. Can you break the program?</div>`+
		`<div class="mp-choices" role="group" aria-label="Next step"></div>`+
		`<div class="mp-choices"><button type="button" data-do="back" disabled>Back</button><button type="button" data-do="restart" disabled>Start over</button><span class="mp-score"></span></div>`+
		`<div role="status" tabindex="-1">The buttons work in a page that runs scripts. In JupyterLab, run the cell.</div>`+
		`<div class="mp-steps" role="table" aria-label="Steps so far"></div></div><script>(%s)(%s)</script>`,
		playerStyle, strings.TrimSpace(playerScript), facts)
}

// Text is for terminals, where there are no buttons.
func (p *Player) Text() string {
	if p.tree.large() {
		return tooLarge
	}
	return fmt.Sprintf("You are the scheduler of a program with %s states: its buttons need a page, for example JupyterLab.", number(float64(len(p.tree.points))))
}

// facts is what the script knows. Texts are in Words, and elsewhere their places in it: most occur often.
type facts struct {
	Lanes     []string      `json:"lanes"`
	Shown     []int         `json:"shown"` // the lanes in which something can happen
	Variables []string      `json:"variables"`
	Words     []string      `json:"words"`
	States    []playedState `json:"states"`
	Begin     int           `json:"begin"`
	Strict    bool          `json:"strict"` // names of schedules end with !
}

// playedState is a state as the script knows it. A move is [lane, text, line, next state, partner or -1, its text, races...];
// the line is a number, or a text if it is in another file. A race is [name, lane, which step of that lane] and names the
// earlier step.
type playedState struct {
	Values []int   `json:"values"`
	Moves  [][]any `json:"moves,omitempty"`
	End    *end    `json:"end,omitempty"`
}

// end is how a schedule ends: with a failure, or without one.
type end struct {
	Failure string         `json:"failure"`
	Failed  int            `json:"failed"`
	Waiting map[int]string `json:"waiting,omitempty"`
}

// encoder collects what the script knows.
type encoder struct {
	tree *tree
	facts
	words map[string]int
	same  map[string]int // states, by their encoding
	done  map[int]int    // states, by their points
	used  map[int]bool   // lanes
}

// encode returns what the script knows. States from which all looks the same are one.
func (t *tree) encode() *facts {
	e := &encoder{tree: t, facts: facts{Variables: []string{}, Shown: []int{}}, words: map[string]int{}, same: map[string]int{}, done: map[int]int{}, used: map[int]bool{}}
	e.Lanes, e.Variables = t.lanes, append(e.Variables, t.variables...)
	e.Begin, e.Strict = e.state(0), t.explorer.strict
	for lane := range t.lanes {
		if e.used[lane] {
			e.Shown = append(e.Shown, lane)
		}
	}
	return &e.facts
}

func (e *encoder) word(text string) int {
	n, known := e.words[text]
	if !known {
		n = len(e.Words)
		e.words[text] = n
		e.Words = append(e.Words, text)
	}
	return n
}

// state encodes a point after those that follow it, and returns its place.
func (e *encoder) state(point int) int {
	if n, known := e.done[point]; known {
		return n
	}
	p := e.tree.points[point]
	s := playedState{Values: []int{}}
	for v, initial := range e.tree.initial {
		value := initial
		if v < len(p.values) && p.values[v] != nil {
			value = *p.values[v]
		}
		s.Values = append(s.Values, e.word(value))
	}
	for _, m := range p.moves {
		s.Moves = append(s.Moves, e.move(m))
	}
	if p.end != nil {
		s.End = e.end(p.end)
	}
	content, err := json.Marshal(s)
	if err != nil {
		panic("schedules: " + err.Error()) // strings and numbers always encode
	}
	n, known := e.same[string(content)]
	if !known {
		n = len(e.States)
		e.same[string(content)] = n
		e.States = append(e.States, s)
	}
	e.done[point] = n
	return n
}

func (e *encoder) move(m move) []any {
	s := m.step
	e.used[s.Lane] = true
	var line any = s.Line
	if at := label(e.tree.explorer.home, s.File, s.Line); s.Line > 0 && at != strconv.Itoa(s.Line) {
		line = at
	}
	list := []any{s.Lane, e.word(s.What), line, e.state(m.to)}
	if s.Partner < 0 && len(m.races) == 0 {
		return list
	}
	list = append(list, s.Partner, e.word(s.Meets))
	if s.Partner >= 0 {
		e.used[s.Partner] = true
	}
	for _, r := range m.races {
		list = append(list, []int{e.word(r.name), r.lane, r.nth})
	}
	return list
}

func (e *encoder) end(s *Schedule) *end {
	last := &end{Failed: s.Failed, Waiting: map[int]string{}}
	if s.Failure == "" {
		return last
	}
	last.Failure = s.Failure + s.at()
	for lane, what := range s.Waiting {
		if what != "" {
			last.Waiting[lane] = what
			e.used[lane] = true
		}
	}
	e.used[s.Failed] = true
	return last
}

// notice is a paragraph.
func notice(text string) string { return "<p>" + html.EscapeString(text) + "</p>" }
