package cellpipe

import (
	"slices"
	"testing"
)

func TestAProcessHasTheMarkOfItsCellInPlaceOfThePipes(t *testing.T) {
	for name, test := range map[string]struct{ env, want []string }{
		"outside of a cell":                    {[]string{"A=1", "GONB_PIPE_OTHER=x"}, []string{"A=1", "GONB_PIPE_OTHER=x"}},
		"of a cell":                            {[]string{"GONB_PIPE=/p", "A=1", "GONB_PIPE_BACK=/b"}, []string{"MULTIPROCESSING_CELL=/p", "A=1"}},
		"of a process that a cell has started": {[]string{"A=1", "MULTIPROCESSING_CELL=/p"}, []string{"A=1", "MULTIPROCESSING_CELL=/p"}},
		"of a kernel that a cell has started":  {[]string{"MULTIPROCESSING_CELL=/p", "GONB_PIPE=/q"}, []string{"MULTIPROCESSING_CELL=/q"}},
		"the same, in the other order":         {[]string{"GONB_PIPE=/q", "MULTIPROCESSING_CELL=/p"}, []string{"MULTIPROCESSING_CELL=/q"}},
	} {
		if got := Without(test.env); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
