package cluster_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestOnlyClusterLinksNATS(t *testing.T) {
	list, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{.Name}} {{.Deps}}", "multiprocessing/lib/...").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	seen := 0
	for line := range strings.Lines(string(list)) {
		pkg, deps, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(pkg, "multiprocessing/") {
			continue
		}
		seen++
		isCommand := strings.HasPrefix(deps, "main ") || pkg == "multiprocessing/lib/cluster/internal/command" // which no cell can import
		links := strings.Contains(deps, "github.com/nats-io/")
		if isCluster := pkg == "multiprocessing/lib/cluster" || pkg == "multiprocessing/lib/cluster/internal/jetstream"; links != isCluster && !isCommand {
			t.Errorf("%s links NATS: %v", pkg, links)
		}
	}
	if seen < 20 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

func TestClusterLinksNothingThatShowsWork(t *testing.T) {
	list, err := exec.Command("go", "list", "-deps", "multiprocessing/lib/cluster").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for _, pkg := range []string{"lib/timing", "lib/display", "lib/chart", "lib/exercise"} {
		if strings.Contains("\n"+string(list), "\nmultiprocessing/"+pkg+"\n") {
			t.Errorf("it links %s", pkg)
		}
	}
}
