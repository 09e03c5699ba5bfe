package front

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	gocell "multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/nbformat"
)

var undefined = regexp.MustCompile(`undefined: (\w+)`)

// hints returns what a reader may not know of a cell that was not built: where undefined names are declared, and what
// stays declared.
func (f *front) hints(c *cell, said []string) (lines []string) {
	seen := map[string]bool{}
	for _, match := range undefined.FindAllStringSubmatch(strings.Join(said, "\n"), -1) {
		if name := match[1]; !seen[name] {
			seen[name] = true
			if line := declaredInNotebook(os.Getenv(envSession), name); line != "" {
				lines = append(lines, fmt.Sprintf("%s is declared by a cell that has not run since the kernel started: %s; run the parameters and imports first", name, line))
			}
		}
	}
	if len(seen) > 0 && lines == nil && f.declared.Empty() {
		lines = append(lines, "no cell has declared anything since the kernel started: run the parameters and imports first")
	}
	for _, kept := range f.declared.Kept(gocell.Read(c.code)) {
		lines = append(lines, "this cell has changed nothing; still declared: "+kept)
	}
	return lines
}

// declaredInNotebook returns the first line of the declaration of a name in a notebook, "" if none of its cells has it.
func declaredInNotebook(path, name string) string {
	book, err := nbformat.Read(path)
	if err != nil {
		return "" // Jupyter has not told where the notebook is
	}
	for _, cell := range book.Cells {
		if cell.Type != "code" {
			continue
		}
		if line := gocell.Read(string(cell.Source)).Declaration(name); line != "" {
			return line
		}
	}
	return ""
}
