package display_test

import (
	"os/exec"
	"strings"
	"testing"
)

// deps are all packages that go into a program with these.
func deps(t *testing.T, packages ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-deps"}, packages...)...).Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	return strings.Fields(string(out))
}

func TestDisplayDoesNotLinkWhatItDoesNotNeed(t *testing.T) {
	for _, dep := range deps(t, ".") {
		if dep == "net" || strings.Contains(dep, "gonum.org/v1/plot") || strings.Contains(dep, "klog") || strings.HasSuffix(dep, "gonbui") || strings.HasSuffix(dep, "lib/timing") {
			t.Errorf("it links %s", dep)
		}
	}
}

func TestACellThatOnlyWorksLinksNothingThatShows(t *testing.T) {
	for _, dep := range deps(t, "multiprocessing/lib/primes", "multiprocessing/lib/serial", "multiprocessing/lib/goroutine", "multiprocessing/lib/pool", "multiprocessing/lib/process") {
		for _, heavy := range []string{"gota", "gonum.org", "lib/timing", "lib/display", "lib/chart", "lib/explore", "lib/scaling"} {
			if strings.Contains(dep, heavy) {
				t.Errorf("it links %s", dep)
			}
		}
	}
}
