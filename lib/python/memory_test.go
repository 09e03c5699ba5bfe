package python_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"multiprocessing/lib/python"
)

func TestAForkedChildOwnsOnlyWhatItWroteTo(t *testing.T) {
	needPython(t)
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		t.Skip("this test needs /proc/self/smaps_rollup, which this system does not have")
	}
	const mib = 64
	rows, err := python.Memory(context.Background(), mib)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 {
		t.Fatalf("got %v, want a parent and three children", rows)
	}
	parent, spawned, forked, wrote := rows[0], rows[1], rows[2], rows[3]
	if parent.Own < mib || wrote.Own < mib {
		t.Errorf("the parent and the child that wrote own less than %d MiB: %v", mib, rows)
	}
	if spawned.Resident > mib || forked.Own > mib/2 {
		t.Errorf("the spawned child has the ballast, or the forked one owns it: %v", rows)
	}
	if forked.Resident < mib {
		t.Errorf("the forked child does not see the ballast: %v", rows)
	}
}

func TestMemoryRefusesLessThanNone(t *testing.T) {
	_, err := python.Memory(context.Background(), -1)
	if err == nil || !strings.Contains(err.Error(), "must not be negative, got -1") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkMemory(b *testing.B) {
	needPython(b)
	for b.Loop() {
		if _, err := python.Memory(context.Background(), 32); err != nil {
			b.Fatal(err)
		}
	}
}
