//go:build race

package process

import "os"

// raceVariable has workers of a program built with -race end at once. The
// race detector's run-time sleeps a second at exit otherwise, once for every
// worker.
func raceVariable() []string {
	return []string{"GORACE=" + os.Getenv("GORACE") + " atexit_sleep_ms=0"}
}
