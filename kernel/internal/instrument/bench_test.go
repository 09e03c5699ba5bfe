package instrument

import "testing"

// BenchmarkFirstProgram rewrites a cell, and reads the types of the packages that it uses, as in a new session.
func BenchmarkFirstProgram(b *testing.B) {
	root := goroot()
	for b.Loop() {
		Program(compose(programs["channels"].cell+"\n_ = fmt.Sprint()"), "", NewPackages(root))
	}
}

// BenchmarkProgram rewrites a cell.
func BenchmarkProgram(b *testing.B) {
	for b.Loop() {
		Program(compose(programs["channels"].cell), "", packages)
	}
}
