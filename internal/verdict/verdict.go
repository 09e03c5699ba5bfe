// Package verdict is how the check of an exercise tells "kernel run" what it found, apart from what the cell prints: as an
// output of the cell, of a MIME type that no front end shows.
package verdict

// MIME is the type of a Verdict among the outputs of a cell.
const MIME = "application/vnd.multiprocessing.verdict+json"

// EverySchedule is the exercise of a cell with %schedules. Such a cell is an exercise only if it is tagged as one.
const EverySchedule = "EverySchedule"

// Verdict is what a check found.
type Verdict struct {
	Exercise string  `json:"exercise"` // the name of the check
	Right    bool    `json:"right"`
	Message  string  `json:"message"` // one line
	Seconds  float64 `json:"seconds"` // that the check took
}
