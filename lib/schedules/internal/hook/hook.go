// Package hook gives package cells what it needs of package schedules and other programs do not: a step of a variable at an
// address. Package schedules sets the functions.
package hook

import "unsafe"

// Step is a step of a goroutine that uses a variable.
type Step struct{ Goroutine, Record any }

var (
	// Read is a step that reads the variable at p; value points to it.
	Read func(p unsafe.Pointer, name string, value any)

	// Write is a step that writes the variable at p, which the caller does next. Then Written ends the step.
	Write   func(p unsafe.Pointer, name string, value any) Step
	Written func(s Step, value any)

	// Map is a step that reads or changes the map m.
	Map func(m any, name string, changes bool)

	// Atomic is a step that the atomic operation what takes with the variable at p, which the caller does next. Then the
	// other functions say what it did: Observed that it learned what the last operation that published knew, Published that
	// later ones learn what this one knows, and the new value; Unchanged that it wrote nothing after all.
	Atomic              func(p unsafe.Pointer, name, what string, value any, writes bool) Step
	Observed, Unchanged func(s Step)
	Published           func(s Step, value any)

	// Show explores body, and returns what a cell shows: see cells.Show.
	Show func(body func(), name, file string) (markup, text string)
)
