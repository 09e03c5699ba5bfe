package exercise

import (
	"fmt"
	"strings"
)

// Verdict is what a check found. The zero Verdict is not right.
type Verdict struct {
	right bool
	text  string
}

// Right reports whether the exercise is solved.
func (v Verdict) Right() bool { return v.right }

// String is one line that begins with "Right: " or "Not yet: ".
func (v Verdict) String() string {
	if v.right {
		return "Right: " + v.text
	}
	return "Not yet: " + v.text
}

// judge runs the trials until one finds a problem. A trial returns what is
// wrong, or "".
func judge(praise string, trials ...func() string) Verdict {
	for _, trial := range trials {
		if problem := trial(); problem != "" {
			return notYet(problem)
		}
	}
	return Verdict{true, oneLine(praise)}
}

// named has the problems of a trial name its case.
func named(name string, trial func() string) func() string {
	return func() string {
		if problem := trial(); problem != "" {
			return fmt.Sprintf("in the case %q, %s", name, problem)
		}
		return ""
	}
}

func notYet(problem string) Verdict { return Verdict{false, oneLine(problem)} }

// adding is a right verdict with a remark.
func (v Verdict) adding(remark string) Verdict {
	if v.right && remark != "" {
		v.text += " " + oneLine(remark)
	}
	return v
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
