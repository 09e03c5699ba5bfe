package front

import (
	"strings"
	"testing"
)

func TestACompileErrorInAnExerciseGetsAHint(t *testing.T) {
	const cell = "func f() {}\n%%\nfmt.Println(exercise.Integral(f))"
	for said, want := range map[string]string{
		"cannot use integrate (value of type func(int) int) as func(float64) float64 value in argument to exercise.Integral": "keep its first line",
		"declared and not used: total":                                       "use total, or delete it",
		red + "undefined: totl" + plain:                                      "totl is not declared here",
		"no new variables on left side of :=":                                "= gives a new value",
		"missing return":                                                     "must end with return",
		"assignment mismatch: 1 variable but f returns 2":                    "value, err := f()",
		"cannot use n (variable of type int) as float64 value in assignment": "float64(n)",
		"syntax error: unexpected newline, expected {":                       "missing brace",
		"something that nobody has seen before":                              "keep the names, parameters and results",
	} {
		got := exerciseHint(cell, said)
		if !strings.HasPrefix(got, "hint: ") || !strings.Contains(got, want) || !strings.Contains(got, "Go in ten minutes") {
			t.Errorf("%q gives %q, want %q", said, got, want)
		}
	}
	if got := exerciseHint("%%\nfmt.Println(x)", "undefined: x"); got != "" {
		t.Errorf("a cell without an exercise gets %q", got)
	}
}
