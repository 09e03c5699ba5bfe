package timing

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheCaptionHoldsTheFacts(t *testing.T) {
	f := Facts{version: "1.26.8", platform: "linux/amd64", cpu: "Some CPU", cores: 2, procs: 1, load: "0.50", commit: "abc1234", cgroup: cgroup{known: true, quota: 1.5}}
	want := "Go 1.26.8 on linux/amd64, Some CPU, 2 cores, GOMAXPROCS 1, cgroup quota of 1.5 cores, load 0.50 at the start, commit abc1234"
	if f.String() != want {
		t.Errorf("got %q", f)
	}
	f = Facts{version: "1.26.8", platform: "linux/amd64", cores: 1, procs: 1, cgroup: cgroup{known: true}}
	if want := "Go 1.26.8 on linux/amd64, 1 core, GOMAXPROCS 1, no cgroup quota"; f.String() != want {
		t.Errorf("got %q", f)
	}
	c := Compare([]Case{fixed("a", time.Millisecond, 1)})
	if got := c.Caption(); !strings.HasSuffix(got, "Medians and their 95% intervals, of 6 rounds in random order after a warm-up.") {
		t.Errorf("got %q", got)
	}
}

func TestTheMachineAsAFrame(t *testing.T) {
	f := Facts{version: "1.26.8", platform: "linux/amd64", cores: 2, procs: 1, cgroup: cgroup{known: true, quota: 1.5}}
	want := "[[fact value] [Go 1.26.8] [system linux/amd64] [cores 2] [GOMAXPROCS 1] [cgroup quota 1.5 cores]]"
	if got := fmt.Sprint(f.DataFrame().Records()); got != want {
		t.Errorf("got %s", got)
	}
	if Machine().DataFrame().Nrow() < 4 {
		t.Errorf("got %v", Machine())
	}
}
