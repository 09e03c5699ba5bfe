//go:build race

package process

import "os"

// raceVariable makes workers of a program built with -race exit at once.
// Otherwise the race detector sleeps for a second when each worker exits.
func raceVariable() []string {
	return []string{"GORACE=" + os.Getenv("GORACE") + " atexit_sleep_ms=0"}
}
