package front

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/cell"
)

// changedFor explains an error that a tool has found in another cell than c: c has changed a declaration that the other
// cell uses. It returns "" if the error is in c itself.
func (f *front) changedFor(c *execution, t toolError) string {
	if c.parsed == nil || t.in == (cell.Place{}) || t.in.Label == c.parsed.Label() {
		return ""
	}
	user, uses := c.declares.At(t.in)
	changes := c.parsed.Changes(f.declared, c.declares)
	if match := undefined.FindStringSubmatch(t.said); match != nil && !slices.ContainsFunc(changes, func(change cell.Change) bool { return change.Name == match[1] }) {
		return fmt.Sprintf("; nothing declares %s any more: run its cell again, or %%rm %s", match[1], user)
	}
	mentioned := func(text string) func(cell.Change) bool {
		return func(change cell.Change) bool { return mentions(text, change.Name) }
	}
	used := func(change cell.Change) bool { return slices.Contains(uses, change.Name) }
	for _, of := range []func(cell.Change) bool{mentioned(t.said), used, mentioned(f.source(f.placeIn(t.in))), func(cell.Change) bool { return true }} {
		i := slices.IndexFunc(changes, of)
		if i < 0 {
			continue
		}
		change := changes[i]
		at := f.placeIn(change.At)
		if change.Gone != "" {
			return fmt.Sprintf("; %s declares %s again, which removed %s: declare both there", at, change.Gone, change.Name)
		}
		cure := "change both in one cell"
		if user != "" {
			cure += ", or run %rm " + user + " first"
		}
		return fmt.Sprintf("; %s now declares %s otherwise: %s", at, change.Name, cure)
	}
	return ""
}

// remember adopts the declarations of a cell if it was built; otherwise it records where they are.
func (f *front) remember(c *execution) {
	switch {
	case c.parsed == nil:
	case c.builds.ok:
		f.declared = c.declares
		maps.DeleteFunc(f.unbuilt, func(name string, _ place) bool {
			at, _ := f.declared.Place(name)
			return at.Label == c.parsed.Label()
		})
	default:
		for _, change := range c.parsed.Changes(f.declared, c.declares) {
			f.unbuilt[change.Name] = f.placeIn(change.At)
		}
	}
}

// whatCounts returns a line for each name in said whose latest declaration is in a cell that was not built, so that an
// older declaration is used. The reader sees the latest one in the notebook.
func (f *front) whatCounts(c *execution, said string) (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(f.unbuilt)) {
		at, declared := f.declared.Place(name)
		if own, _ := c.declares.Place(name); declared && own == at && mentions(said, name) {
			lines = append(lines, fmt.Sprintf("%s is declared otherwise by %s, which was not built; what counts is %s: %s", name, f.unbuilt[name], f.placeIn(at), f.declared.Line(name)))
		}
	}
	return lines
}

// mentions reports whether a text contains the last part of a name as a word.
func mentions(text, name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text)
}
