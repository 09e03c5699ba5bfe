package display

import (
	"fmt"
	"strings"
	"testing"
)

func TestATableOfAFewValuesTakesOneLine(t *testing.T) {
	wantShown(t, Frame("free cores", 1.94, "cores", 2, "work", "unequal", "kept", true),
		[]string{"free cores", "cores", "work", "kept"}, []string{"1.94", "2", "unequal", "true"})
	wantShown(t, Frame("case", []string{"a", "b"}, "n", []int{1, 2000}),
		[]string{"case", "n"}, []string{"a", "1"}, []string{"b", "2,000"})
}

func TestAFrameOfSomethingElsePanics(t *testing.T) {
	one := []any{"a"} // staticcheck refuses Frame("a")
	for want, f := range map[string]func(){
		"display: Frame: needs names and values in turn, got 1 arguments":      func() { Frame(one...) },
		"display: Frame: argument 3 must be the name of a column, got 7":       func() { Frame("a", 1, 7, 8) },
		`display: Frame: column "a" has a value of type uint8; use int, float`: func() { Frame("a", uint8(1)) },
		"display: Frame: ": func() { Frame("a", []int{1, 2}, "b", 3) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
