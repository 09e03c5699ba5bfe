package explore

import (
	"os/exec"
	"strings"
	"testing"
)

func TestACellLinksNoMoreThanItNeeds(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, heavy := range []string{"gonum.org/v1/plot", "gonb/gonbui/comms", "lib/chart", "klog"} {
			if strings.Contains(dep, heavy) {
				t.Errorf("it links %s", dep)
			}
		}
		if dep == "net" || dep == "multiprocessing/lib/timing" || strings.HasSuffix(dep, "gonbui") || strings.HasPrefix(dep, "crypto/") {
			t.Errorf("it links %s", dep)
		}
	}
}
