package front

import (
	"crypto/sha256"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/cell"
)

// undefined and undefinedMethod match the compiler's messages about a name, or a method, that is not declared.
var (
	undefined       = regexp.MustCompile(`undefined: (\w+)`)
	undefinedMethod = regexp.MustCompile(`type \*?(\w+)\S* has no field or method (\w+)|(\w+)\S* does not implement .*\(missing method (\w+)\)`)
)

// undefinedIn returns the undefined names in the compiler's messages, sorted and without duplicates.
func undefinedIn(said string) (names []string) {
	for _, match := range undefined.FindAllStringSubmatch(said, -1) {
		names = append(names, match[1])
	}
	for _, match := range undefinedMethod.FindAllStringSubmatch(said, -1) {
		names = append(names, match[1]+match[3]+"."+match[2]+match[4])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// hints returns lines that help the reader with a cell that was not built: where undefined names are declared, what the
// error means in an exercise, and which declarations of the cell are unchanged.
func (f *front) hints(c *execution, said []string) (lines []string) {
	names := undefinedIn(strings.Join(said, "\n"))
	book, err := coursebook.Read(os.Getenv(envvar.Session))
	for _, name := range names {
		switch line, first := f.declaredIn(book, name); {
		case line == "":
		case first > 0:
			lines = append(lines, fmt.Sprintf("%s is declared by Cell [%d], which has failed, or has been removed since: %s; run it again", name, f.counts[first], line))
		default:
			lines = append(lines, fmt.Sprintf("%s is declared by a cell that has not run since the kernel started: %s; run the parameters and imports first", name, line))
		}
	}
	if len(names) > 0 && err != nil && f.declared.Empty() { // Jupyter has not sent the notebook's path
		lines = append(lines, "no cell has declared anything since the kernel started: run the parameters and imports first")
	}
	if hint := exerciseHint(c.code, strings.Join(said, "\n")); hint != "" {
		lines = append(lines, hint)
	}
	lines = append(lines, f.whatCounts(c, strings.Join(said, "\n"))...)
	return append(lines, f.stillDeclared(c)...)
}

var assignment = regexp.MustCompile(`^\s*(\w+)\s*:?=\s*(.*)`)

// withAssignment replaces the advice in a syntax error's message, if its line gives a declared variable another value.
func (f *front) withAssignment(message, line string) string {
	what, _, found := strings.Cut(message, "; put statements below")
	match := assignment.FindStringSubmatch(line)
	if !found || match == nil || !strings.HasPrefix(f.declared.Line(match[1]), "var ") {
		return message
	}
	return fmt.Sprintf("%s; to change %s, write: var %[2]s = %s", what, match[1], match[2])
}

// stillDeclared returns a line for each declaration of a cell that was not built whose earlier version stays declared.
func (f *front) stillDeclared(c *execution) (lines []string) {
	for _, kept := range f.declared.Kept(cell.Read(c.code)) {
		lines = append(lines, "this cell has changed nothing; still declared: "+kept)
	}
	return lines
}

// declaredIn returns the first line of a name's declaration in the notebook, or "" if no cell declares it, and the number
// of that cell's first run, or 0 if it has not run.
func (f *front) declaredIn(book coursebook.Book, name string) (line string, first int) {
	for _, other := range book.Cells {
		if other.Type != "code" {
			continue
		}
		if line := cell.Read(string(other.Source)).Declaration(name); line != "" {
			return line, f.labels[sha256.Sum256([]byte(other.Source))]
		}
	}
	return "", 0
}
