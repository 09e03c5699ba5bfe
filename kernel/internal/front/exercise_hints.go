package front

import (
	"regexp"
	"strings"
)

// exerciseHints say what the compiler's messages mean to a reader who is new to Go. The first that matches counts.
var exerciseHints = []struct {
	said *regexp.Regexp
	hint string
}{
	{regexp.MustCompile(`cannot use .* as func.* in argument to exercise\.`), "the check calls the function with the parameters and results that the exercise gives it: keep its first line"},
	{regexp.MustCompile(`declared and not used: (\w+)`), "Go does not build a program with a variable that is never read: use $1, or delete it"},
	{regexp.MustCompile(`no new variables on left side of :=`), ":= declares a new variable; = gives a new value to one that exists"},
	{regexp.MustCompile(`undefined: (\w+)`), "$1 is not declared here: := or var declares a variable, and it exists up to the } of its block"},
	{regexp.MustCompile(`missing return`), "every way through a function with a result must end with return"},
	{regexp.MustCompile(`assignment mismatch`), "a call with two results, often a value and an error, needs two variables: value, err := f()"},
	{regexp.MustCompile(`(?:not enough|too many) return values`), "return needs as many values as the function's first line has results"},
	{regexp.MustCompile(`mismatched types|cannot use .* as \w+ value`), "Go does not convert between types by itself: write float64(n) or int(x)"},
	{regexp.MustCompile(`syntax error|expected `), "look at this line and the one before it for a missing brace, bracket or comma"},
}

// exerciseHint returns a line that helps with a compile error in the cell of an exercise, or "" for other cells.
func exerciseHint(code, said string) string {
	if !strings.Contains(code, "exercise.") {
		return ""
	}
	const more = ` (notebook 0 has "Go in ten minutes")`
	said = colors.ReplaceAllString(said, "")
	for _, h := range exerciseHints {
		if found := h.said.FindStringSubmatchIndex(said); found != nil {
			return "hint: " + string(h.said.ExpandString(nil, h.hint, said, found)) + more
		}
	}
	return "hint: keep the names, parameters and results that the exercise gives" + more
}
