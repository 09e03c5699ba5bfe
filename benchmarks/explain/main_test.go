package main

import (
	"strings"
	"testing"

	"multiprocessing/lib/timing"
)

func TestEveryProgramComputesTheSameInEachForm(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			want := p.serial(16)
			if got := p.lossy(16); got != want {
				t.Errorf("with the loss it is %d, want %d", got, want)
			}
			if p.fixed == nil {
				return
			}
			if got := p.fixed(16); got != want {
				t.Errorf("without the loss it is %d, want %d", got, want)
			}
		})
	}
}

func TestThereIsALineForEachProgram(t *testing.T) {
	var out strings.Builder
	if err := run(&out, 8, 1, "", timing.Rounds(1)); err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if !strings.Contains(out.String(), "\n"+p.name+"  ") {
			t.Errorf("there is no line for %s in\n%s", p.name, out.String())
		}
	}
}

func TestASizeThatIsTooSmallIsRefused(t *testing.T) {
	if err := run(&strings.Builder{}, 1, 1, "", timing.Rounds(1)); err == nil {
		t.Error("there is no error")
	}
}

func TestWhatIsFound(t *testing.T) {
	even := program{}
	for lost, want := range map[string]bool{"nothing over 1%": true, "NaN": false, "garbage collection, 2%": true, "garbage collection, 4%": false, "not explained: no trace": false} {
		if even.found(lost) != want {
			t.Errorf("%q: got %v", lost, !want)
		}
	}
}
