package coursetest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

// withoutGuess are the chapters that have no main experiment, or ask for a guess in words only.
var withoutGuess = []string{"00-start-here.ipynb", "08b-every-schedule.ipynb", "12-cheat-sheet.ipynb"}

// TestEachMainExperimentAsksForAGuess: the guess is a parameter, a text asks for it before the experiment, and a table
// shows it.
func TestEachMainExperimentAsksForAGuess(t *testing.T) {
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		name := filepath.Base(path)
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		parameters, _ := tagged(book, "parameters")
		has, asked, used := strings.Contains(string(parameters.Source), "var guess "), false, false
		for _, cell := range book.Cells {
			text := string(cell.Source)
			asked = asked || cell.Type == "markdown" && strings.Contains(text, "`guess` in the parameters cell")
			used = used || cell.Type == "code" && (strings.Contains(text, ", guess)") || strings.Contains(text, "= guess"))
		}
		if want := !slices.Contains(withoutGuess, name); has != want || asked != want || used != want {
			t.Errorf("%s: guess is a parameter: %t, a text asks for it: %t, a table shows it: %t; want %t", name, has, asked, used, want)
		}
	}
}
