package chart

import (
	"testing"

	"gonum.org/v1/plot/vg"
)

func TestLabelsDoNotOverlap(t *testing.T) {
	got := apart([]vg.Length{10, 10, 12, 100, 11}, 15)
	for i := range got {
		for j := range i {
			if d := got[i] - got[j]; d < 14.9 && d > -14.9 {
				t.Errorf("%v", got)
			}
		}
	}
	if got[3] != 100 {
		t.Errorf("one that is far from all others moved: %v", got)
	}
}

func TestLabelsStayInsideThePicture(t *testing.T) {
	for _, at := range [][]vg.Length{{0, -15, 40}, {100, 115, 85}, {50, 35, 65}, {-30, -15, 0, 15, 30}} {
		got := inside(at, 15, 8, 92)
		for i := range got {
			if got[i] < 7.9 || got[i] > 92.1 {
				t.Errorf("%v are moved to %v, want between 8 and 92", at, got)
			}
			for j := range got {
				if at[i] < at[j] && got[j]-got[i] < 14.9 {
					t.Errorf("%v are moved to %v, want them in order and 15 apart", at, got)
				}
			}
		}
	}
}
