package cluster

import (
	"slices"
	"strings"
	"testing"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// A chunk that names one of this package's own programs would start a server that listens where the sender wishes.
func TestAWorkerDoesNotRunThePackagesOwnPrograms(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	for number, name := range []string{node.Name(), work.Name()} {
		deliver(t, c, "intruder", number, "\x01\x00\x00\x00\x00\x00\x00\x00", name)
		r, _ := stored(t, c, "intruder", number)
		if f, err := r.Failure(); err != nil || f.Kind != wire.Refused || !strings.Contains(f.Text, "it has no such task") || strings.Contains(f.Text, name) {
			t.Errorf("%q: got %+v, %v, want it unknown", name, f, err)
		}
		if slices.Contains(registered.Names(), name) {
			t.Errorf("%q can be asked for by name", name)
		}
	}
}
