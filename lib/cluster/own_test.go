package cluster

import (
	"strings"
	"testing"

	"multiprocessing/lib/internal/registered"
)

// A chunk that names one of this package's own programs would start a server that listens where the sender wishes.
func TestAWorkerDoesNotRunThePackagesOwnPrograms(t *testing.T) {
	w := &worker{}
	for _, own := range []string{"be a node of a cluster", "work for a cluster"} {
		name := registered.Own + own
		if _, known := registered.Lookup(name); !known {
			t.Errorf("%q is not registered: this test looks for another name than the program has", name)
		}
		f := w.refusal(&chunk{task: name, tries: 3}, 1)
		if f == nil || f.Kind != refused || strings.Contains(f.Text, own) {
			t.Errorf("%q: refused with %v, want it unknown", name, f)
		}
	}
}
