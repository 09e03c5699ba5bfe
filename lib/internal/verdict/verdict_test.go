package verdict

import "testing"

func TestTheWordsAreFoundInAnyPart(t *testing.T) {
	for _, c := range []struct {
		verdict                   string
		base, bad, wrong, crowded bool
		busy                      string
	}{
		{"", false, false, false, false, ""},
		{"base", true, false, false, false, ""},
		{"base; failed: no disk", true, true, false, false, ""},
		{"baseless", false, false, false, false, ""},
		{"wrong answer, not that of a", false, true, true, false, ""},
		{"base; wrong: the answer is not the same in every round", true, true, true, false, ""},
		{"1.92 times as fast (1.86 to 1.96); " + Crowded, false, false, false, true, ""},
		{"1.92 times as fast (1.86 to 1.96); " + Busy(0.94, 2), false, false, false, false, "0.9 of 2 cores were free"},
		{"base; " + Busy(0.42, 1), true, false, false, false, "0.4 of 1 core was free"},
		{"did not return in 1s", false, true, false, false, ""},
		{"nothing to compare with: wrongly has no result", false, false, false, false, ""},
	} {
		if IsBase(c.verdict) != c.base || IsBad(c.verdict) != c.bad || IsWrong(c.verdict) != c.wrong || IsCrowded(c.verdict) != c.crowded || FindBusy(c.verdict) != c.busy {
			t.Errorf("%q: base %v, bad %v, wrong %v, crowded %v, busy %q", c.verdict, IsBase(c.verdict), IsBad(c.verdict), IsWrong(c.verdict), IsCrowded(c.verdict), FindBusy(c.verdict))
		}
	}
}
