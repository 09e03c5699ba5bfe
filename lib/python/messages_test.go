package python_test

import (
	"context"
	"strings"
	"testing"

	"multiprocessing/lib/python"
)

func TestEveryMessageArrives(t *testing.T) {
	needPython(t)
	for _, c := range []struct {
		by   python.Channel
		each int
	}{{python.ThreadQueue, 1}, {python.ThreadQueue, 7}, {python.ProcessQueue, 1}, {python.ProcessQueue, 7}, {python.ProcessPipe, 1}} {
		sum, elapsed, err := python.Messages(context.Background(), c.by, 100, c.each, 2)
		if err != nil || sum != 4950 || elapsed <= 0 {
			t.Errorf("%s, %d in each: %d in %v, %v; want 4950", c.by, c.each, sum, elapsed, err)
		}
	}
}

func TestMessagesRefusesWhatMakesNoSense(t *testing.T) {
	for want, c := range map[string]struct {
		by                      python.Channel
		numbers, each, capacity int
	}{
		`unknown channel "socket"`:               {"socket", 1, 1, 1},
		"numbers must not be negative, got -1":   {python.ThreadQueue, -1, 1, 1},
		"each must be at least 1":                {python.ThreadQueue, 1, 0, 1},
		"and 1 for a pipe, got 2":                {python.ProcessPipe, 1, 2, 1},
		"the capacity must be at least 1, got 0": {python.ProcessQueue, 1, 1, 0},
	} {
		if _, _, err := python.Messages(context.Background(), c.by, c.numbers, c.each, c.capacity); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
