package display_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestDisplayDoesNotLinkWhatItDoesNotNeed(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if dep == "net" || strings.Contains(dep, "gonum.org/v1/plot") || strings.Contains(dep, "klog") || strings.HasSuffix(dep, "gonbui") {
			t.Errorf("it links %s", dep)
		}
	}
}
