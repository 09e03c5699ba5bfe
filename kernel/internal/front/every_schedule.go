package front

import (
	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/instrument"
)

// everySchedule rewrites the program of a cell with %schedules, so that it runs by every schedule, or by the one of a
// name.
func (f *front) everySchedule(source, name string) (rewritten string, fault *failure) {
	if f.standard == nil {
		f.standard = instrument.NewPackages(cellbuild.Goroot())
	}
	rewritten, problems := instrument.Program(source, name, f.standard)
	if len(problems) == 0 {
		return rewritten, nil
	}
	fault = &failure{Name: "BuildError"}
	for _, problem := range problems {
		at := problem.Position
		fault.add(f, f.placeIn(cell.Place{Label: at.Filename, Line: at.Line}), at.Column, problem.Message)
	}
	return "", fault
}
