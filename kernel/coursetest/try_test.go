package coursetest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/kerneltest"
)

// setting is what a text tells the reader to write into the parameters cell, as it stands there: `workers = 4, tasks = 8`.
type setting []value

type value struct{ name, value string }

func (s setting) String() string {
	var parts []string
	for _, one := range s {
		parts = append(parts, one.name+" = "+one.value)
	}
	return strings.Join(parts, ", ")
}

var (
	settingSpan = regexp.MustCompile("`(\\w+ = [^`,=]+(?:, \\w+ = [^`,=]+)*)`")
	bareValue   = regexp.MustCompile("`-?[\\d._]+`|\\bthen (?:to |with )?-?\\d")
	trySection  = regexp.MustCompile(`(?ms)^## Try\n(.*?)(?:^## |\z)`)
)

// settingsIn returns the settings in a notebook's text. Those of the section Try must all be of parameters.
func settingsIn(book coursebook.Book) (all []setting, problems []string) {
	parameters := map[string]bool{}
	if cell, ok := tagged(book, "parameters"); ok {
		for line := range strings.Lines(string(cell.Source)) {
			if words := strings.Fields(line); len(words) > 1 && words[0] == "var" {
				parameters[words[1]] = true
			}
		}
	}
	for _, cell := range book.Cells {
		if cell.Type != "markdown" {
			continue
		}
		section := ""
		if found := trySection.FindStringSubmatch(string(cell.Source)); found != nil {
			section = found[1]
			if bare := bareValue.FindString(settingSpan.ReplaceAllString(section, "")); bare != "" {
				problems = append(problems, fmt.Sprintf("%s: Try has the value %s without a name; write `name = value`", cell.ID, bare))
			}
		}
		for _, span := range settingSpan.FindAllStringSubmatch(string(cell.Source), -1) {
			var s setting
			for part := range strings.SplitSeq(span[1], ", ") {
				name, is, _ := strings.Cut(part, " = ")
				if parameters[name] {
					s = append(s, value{name, is})
				} else if strings.Contains(section, span[0]) {
					problems = append(problems, fmt.Sprintf("%s: Try names %s, which is no parameter", cell.ID, name))
				}
			}
			if len(s) > 0 && !isDefault(book, s) && !slices.ContainsFunc(all, func(other setting) bool { return slices.Equal(other, s) }) {
				all = append(all, s)
			}
		}
	}
	return all, problems
}

// isDefault reports whether a setting is what stands in the parameters cell anyway.
func isDefault(book coursebook.Book, s setting) bool {
	parameters, _ := tagged(book, "parameters")
	text := strings.Join(strings.Fields(string(parameters.Source)), " ")
	for _, one := range s {
		value := regexp.MustCompile(`\bvar ` + one.name + `(?: [\w.]+)? = ` + regexp.QuoteMeta(one.value) + ` //`)
		if !value.MatchString(text) {
			return false
		}
	}
	return true
}

func TestEveryTryNamesParametersAndValues(t *testing.T) {
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		settings, problems := settingsIn(book)
		for _, problem := range problems {
			t.Error(problem)
		}
		if _, ok := tagged(book, "parameters"); ok && len(settings) == 0 {
			t.Errorf("%s names no value to try", filepath.Base(path))
		}
	}
}

// together puts settings of different parameters into one, so that fewer cells are executed.
func together(settings []setting) (merged []setting) {
	for _, s := range settings {
		overlaps := func(other setting) bool {
			return slices.ContainsFunc(s, func(one value) bool {
				return slices.ContainsFunc(other, func(o value) bool { return o.name == one.name })
			})
		}
		i := slices.IndexFunc(merged, func(other setting) bool { return !overlaps(other) })
		if i < 0 {
			merged = append(merged, s)
		} else {
			merged[i] = append(slices.Clip(merged[i]), s...)
		}
	}
	return merged
}

// cellsToTry are, for each setting, the parameters cell with it and the cells that use one of its parameters.
func cellsToTry(t testing.TB, book coursebook.Book, settings []setting) (cells []coursebook.Cell, labels []string) {
	t.Helper()
	parameters, _ := tagged(book, "parameters")
	_, rest := headAndRest(book)
	for _, s := range settings {
		changed := parameters
		affected := map[string]bool{}
		for _, one := range s {
			changed.Source = withParameter(t, changed.Source, one.name, one.value)
			affected[one.name] = true
		}
		cells, labels = append(cells, changed), append(labels, s.String())
		spread(book, affected)
		for _, cell := range rest {
			if !slices.ContainsFunc(cell.Metadata.Tags, isAside) && usesAny(string(cell.Source), affected) {
				cells, labels = append(cells, cell), append(labels, s.String())
			}
		}
	}
	return cells, labels
}

// mostJoined is how many cells become one: the more, the fewer programs are linked, and the fewer cells run if one fails.
const mostJoined = 8

// beginsCell, and the cell's ID, are printed where a cell begins that is joined to others.
const beginsCell = "\n-- cell "

var (
	notJoined = regexp.MustCompile(`(?m)^([%!]|import\b)`)
	declares  = regexp.MustCompile(`(?m)^(?:var|func|type|const) (\w+)`)
)

// joined makes one cell of some that follow each other, so that one program runs them. Cells with imports or commands,
// and those that should fail, stay as they are.
func joined(cells []coursebook.Cell, labels []string) (fewer []coursebook.Cell, theirs []string) {
	var declarations, statements strings.Builder
	var ids []string
	label, names := "", map[string]bool{}
	flush := func() {
		if len(ids) > 0 {
			source := declarations.String() + "%%\n" + statements.String()
			fewer = append(fewer, coursebook.Cell{ID: strings.Join(ids, ", "), Type: "code", Source: coursebook.Lines(source)})
			theirs = append(theirs, label)
		}
		declarations.Reset()
		statements.Reset()
		ids = nil
		clear(names)
	}
	for i, cell := range cells {
		declared, body, ok := strings.Cut("\n"+string(cell.Source), "\n%%\n")
		if !ok || cell.ShouldFail() || notJoined.MatchString(declared+"\n"+body) {
			flush()
			fewer, theirs = append(fewer, cell), append(theirs, labels[i])
			continue
		}
		own := declares.FindAllStringSubmatch(declared, -1)
		twice := slices.ContainsFunc(own, func(found []string) bool { return names[found[1]] })
		if len(ids) == mostJoined || label != labels[i] || twice {
			flush()
		}
		label = labels[i]
		ids = append(ids, cell.ID)
		for _, found := range own {
			names[found[1]] = true
		}
		fmt.Fprintf(&declarations, "%s\n", declared)
		fmt.Fprintf(&statements, "func() {\nfmt.Println(%q)\n%s\n}()\n", beginsCell+cell.ID, body)
	}
	flush()
	return fewer, theirs
}

// isAside reports whether a tag is of cells that a value cannot break: the reader writes them, they show earlier runs, or
// they have their own controls. A cell that needs the one above is run by other tests.
func isAside(tag string) bool {
	return slices.Contains([]string{"exercise", "history", "explore", needsPrevious}, tag)
}

// withParameter changes the value of a parameter, and leaves its type, if it has one.
func withParameter(t testing.TB, source coursebook.Lines, name, value string) coursebook.Lines {
	t.Helper()
	line := regexp.MustCompile(`(?m)^(var ` + name + `(?: +[\w.\[\]]+)? += ).*?( +//.*)?$`)
	if !line.MatchString(string(source)) {
		t.Fatalf("no parameter %s in the parameters cell", name)
	}
	return coursebook.Lines(line.ReplaceAllString(string(source), "${1}"+strings.ReplaceAll(value, "$", "$$")+"${2}"))
}

// spread adds the declarations of the cells that a reader runs first that use an affected name, directly or not.
func spread(book coursebook.Book, affected map[string]bool) {
	for before := -1; before != len(affected); {
		before = len(affected)
		for _, cell := range book.Cells {
			if cell.Type == "code" && kerneltest.IsHead(cell) {
				spreadIn(string(cell.Source), affected)
			}
		}
	}
}

func spreadIn(source string, affected map[string]bool) {
	file, _ := parser.ParseFile(token.NewFileSet(), "", "package p\n"+source, 0)
	if file == nil {
		return
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if usesName(d.Body, affected) && !strings.HasPrefix(d.Name.Name, "init_") {
				affected[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && slices.ContainsFunc(v.Values, func(e ast.Expr) bool { return usesName(e, affected) }) {
					for _, name := range v.Names {
						affected[name.Name] = true
					}
				}
			}
		}
	}
}

// usesName reports whether one of the names is an identifier below a node.
func usesName(node ast.Node, names map[string]bool) (found bool) {
	ast.Inspect(node, func(n ast.Node) bool {
		ident, ok := n.(*ast.Ident)
		found = found || ok && names[ident.Name]
		return !found
	})
	return found
}

var identifier = regexp.MustCompile(`[A-Za-z_]\w*`)

func usesAny(source string, names map[string]bool) bool {
	return slices.ContainsFunc(identifier.FindAllString(source, -1), func(word string) bool { return names[word] })
}
