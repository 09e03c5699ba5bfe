package main

import (
	"os"
	"strings"
	"testing"
)

func TestEveryKernelHasARow(t *testing.T) {
	var out strings.Builder
	if err := run(&out, "../..", 1, "1+k"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"prints 1+k", ours, stock, "ipykernel", "at most 0.10 s: "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestEveryGroupIsMeasuredByTheClient(t *testing.T) {
	for _, g := range groups {
		if !strings.Contains(client, "\ndef "+g.Kind+"(") {
			t.Errorf("%s: client.py has no function %s", g.Name, g.Kind)
		}
	}
}

func TestWhatIsNotThereIsRefused(t *testing.T) {
	if err := run(new(strings.Builder), "..", 0, ""); err == nil {
		t.Error("no rounds: no error")
	}
	if err := run(new(strings.Builder), "..", 1, "no such group"); err == nil {
		t.Error("no group: no error")
	}
}

func TestStockGetsTheVersionsThatTheCoursePins(t *testing.T) {
	content, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{gota, gonb} {
		if !strings.Contains(string(content), "\t"+strings.Replace(module, "@", " ", 1)+"\n") {
			t.Errorf("the course's go.mod does not require %s", module)
		}
	}
}
