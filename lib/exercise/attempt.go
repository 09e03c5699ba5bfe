package exercise

import (
	"fmt"
	"strings"
	"time"

	"multiprocessing/lib/internal/caught"
)

var (
	// patience is how long a check waits for the reader's function.
	patience = 10 * time.Second
	// grace is how long a check waits for what should happen at once: a
	// second call to come, a goroutine to end. It is long for a busy machine.
	grace = time.Second
)

// attempt runs f, which is the named call of the reader's function, and
// returns how it failed to return, or "". If f did not return in time, it says
// where f's goroutines wait.
func attempt(call string, f func()) string {
	var panics caught.First
	before := goroutines()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		panics.Run(f)
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-ended:
	case <-late.C:
		problem := fmt.Sprintf("%s does not return: it was still running after %v", call, patience)
		if where := stuck(before); where != "" {
			problem += "; " + where
		}
		return problem
	}
	if p := panics.Panic(); p != nil {
		return fmt.Sprintf("%s panics: %s", call, firstLine(p.Value))
	}
	return ""
}

func firstLine(value any) string {
	line, _, _ := strings.Cut(fmt.Sprint(value), "\n")
	return line
}
