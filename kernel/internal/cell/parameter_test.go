package cell

import "testing"

func TestAParameterIsAVariableWithLimitsInItsComment(t *testing.T) {
	for line, want := range map[string]Parameter{
		`var workers = 2 // how many; 1 to 64`:                  {"workers", "2", "int", "from 1 to 64", "int", false},
		`var workers = "four" // how many; 1 to 64`:             {"workers", `"four"`, "string", "from 1 to 64", "int", false},
		`var share float64 = 1 // a part; from 0 to 0.5.`:       {"share", "1", "float64", "from 0 to 0.5", "float64", true},
		`var low = -(1 << 3) // -9 to -1 degrees`:               {"low", "-(1 << 3)", "int", "from -9 to -1 degrees", "int", false},
		`var work = "a" // how; not b; one of "a;b", "c"`:       {"work", `"a"`, "string", `one of "a;b", "c"`, "string", false},
		`var deep = true // whether; true or false`:             {"deep", "true", "bool", "true or false", "bool", false},
		`var pause = 2 * time.Second // between two; 1ms to 1m`: {"pause", "2 * time.Second", "", "from 1ms to 1m", "", false},
		`var sizes = []int{1} // each; 1 to 9`:                  {"sizes", "[]int{1}", "[]int", "from 1 to 9", "int", false},
		`var n = int8(2) // 1 to 9`:                             {"n", "int8(2)", "int8", "from 1 to 9", "int", true},
		`var workers = 2 // as many as there are; see slide 7`:  {},
		`var workers = 2 // from here to there`:                 {},
		`const workers = 2 // 1 to 64`:                          {},
		`var a, b = 1, 2 // what`:                               {},
		`func workers() {} // 1 to 64`:                          {},
	} {
		declared, _ := declare(t, line)
		got := declared.Parameters()
		if want == (Parameter{}) && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
	declared, _ := declare(t, `var workers = 2.5 // 1 to 64`, `var share float64 = 1 // 1 to 64`)
	for name, want := range map[string]bool{"workers": true, "share": false} {
		p, _ := declared.Parameter(name)
		if of, misfit := p.Misfit(Parameter{}); misfit != want || of != "int" {
			t.Errorf("%+v fits limits of %s: %v", p, of, !misfit)
		}
		if of, misfit := p.Misfit(Parameter{Value: "9", Type: "float64"}); misfit || of != "float64" {
			t.Errorf("%+v has not the type %s as before", p, of)
		}
	}
	for line, want := range map[string]Parameter{
		`var workers = , // how many; 1 to 64`:   {Name: "workers", Value: ",", Limits: "from 1 to 64", Of: "int"},
		`	workers int = 0x // how many; 1 to 64`: {Name: "workers", Value: "0x", Limits: "from 1 to 64", Of: "int"},
		`fmt.Println("a") // 1 to 64`:            {},
		`if a == b { // 1 to 64`:                 {},
	} {
		if got, found := ParameterOn(line); found != (want.Name != "") || found && got != want {
			t.Errorf("%s: %+v, %v, want %+v", line, got, found, want)
		}
	}
}
