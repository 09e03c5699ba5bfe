package python_test

import (
	"context"
	"strings"
	"testing"

	"multiprocessing/lib/python"
)

func TestEveryStartMethodHasItsCosts(t *testing.T) {
	needPython(t)
	starts, err := python.Starts(context.Background(), 2, 100)
	if err != nil {
		t.Fatal(err)
	}
	seen, defaults := map[string]bool{}, 0
	for _, s := range starts {
		seen[s.Method] = true
		if s.Default {
			defaults++
		}
		if s.Process <= 0 || s.Apply <= 0 || s.Task <= 0 {
			t.Errorf("%s: a cost is missing: %+v", s.Method, s)
		}
	}
	if !seen["spawn"] || defaults != 1 {
		t.Errorf("got %+v, want spawn among them and one default", starts)
	}
}

func TestStartsRefusesWhatMakesNoSense(t *testing.T) {
	for want, call := range map[string]struct{ workers, tasks int }{
		"workers must be at least 1, got 0": {0, 1},
		"tasks must be at least 1, got -1":  {1, -1},
	} {
		_, err := python.Starts(context.Background(), call.workers, call.tasks)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func BenchmarkStarts(b *testing.B) {
	needPython(b)
	for b.Loop() {
		if _, err := python.Starts(context.Background(), 2, 1000); err != nil {
			b.Fatal(err)
		}
	}
}
