package schedules

import (
	"fmt"
	"strings"
)

// before returns the values before step i.
func (s *Schedule) before(i int) []string {
	if i == 0 {
		return s.Initial
	}
	return s.Steps[i-1].Values
}

// Text shows a schedule in words, one step per line, at most 60.
func (s *Schedule) Text() string {
	var b strings.Builder
	for i, step := range s.Steps {
		if i == mostRows {
			fmt.Fprintf(&b, "     and %s more steps\n", number(float64(len(s.Steps)-i)))
			break
		}
		fmt.Fprintf(&b, "%3d  %s: %s", i+1, s.Lanes[step.Lane], step.What)
		if step.Partner >= 0 {
			fmt.Fprintf(&b, "; %s: %s", s.Lanes[step.Partner], step.Meets)
		}
		if step.Line > 0 {
			fmt.Fprintf(&b, " (%s)", s.place(step.File, step.Line))
		}
		if step.Race {
			b.WriteString(", in a data race")
		}
		for v, value := range step.Values {
			if s.before(i)[v] != value {
				fmt.Fprintf(&b, ", %s is %s", s.Variables[v], value)
			}
		}
		b.WriteString("\n")
	}
	if s.Failure != "" {
		fmt.Fprintf(&b, "     %s%s\n", s.Failure, s.at())
	}
	return b.String()
}
