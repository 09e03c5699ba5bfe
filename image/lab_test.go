package image

import "testing"

// TestJupyterLabInAContainer looks at one container from its first cell to its end, for it takes seconds to start one.
// What is told of it here leaves it as a reader would: with other notebooks and kernels in it.
func TestJupyterLabInAContainer(t *testing.T) {
	t.Parallel()
	l := serve(t, run{env: []string{"MULTIPROCESSING_BUDGET=1s"}}) // for the primes notebook: enough for every column of its table
	for _, test := range []struct {
		claim string
		holds func(*testing.T, lab)
	}{
		{"the first cells are fast", wantFast}, // before any other cell
		{"without a token nothing is told", withoutATokenNothingIsTold},
		{"the token that was made is asked for", theTokenThatWasMadeIsAskedFor},
		{"a page from elsewhere cannot use the reader's log-in", aPageFromElsewhereCannotUseTheReadersLogIn},
		{"the files API keeps to its folder", theFilesAPIKeepsToItsFolder},
		{"another user reads nothing", anotherUserReadsNothing},
		{"the browser logs in with the token only", theBrowserLogsInWithTheTokenOnly},
		{"a notebook from elsewhere runs no script", aNotebookFromElsewhereRunsNoScript},
		{"the browser runs the primes notebook", theBrowserRunsThePrimesNotebook},
		{"it stops by itself", itStopsByItself},
	} {
		t.Run(test.claim, func(t *testing.T) { test.holds(t, l) })
	}
}
