package cluster

import (
	"strings"
	"testing"
)

// A chunk that names one of this package's own programs would start a server that listens where the sender wishes.
func TestAWorkerDoesNotRunThePackagesOwnPrograms(t *testing.T) {
	w := &worker{}
	for _, name := range []string{node.Name(), work.Name()} {
		if f := w.refusal(&chunk{task: name, tries: 3}, 1); f == nil || f.Kind != refused || strings.Contains(f.Text, name) {
			t.Errorf("%q: refused with %v, want it unknown", name, f)
		}
	}
}
