// Package coursetest looks at the notebooks of the course: as they lie in the repository, and run with other parameters
// and in another order than a reader would.
package coursetest

import (
	"bytes"
	"fmt"
	"go/format"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

// folder of the course's notebooks.
const notebooks = "../../notebooks"

// These tests look at the notebooks as they lie in the repository, without running them.

// courseNotebooks returns the paths of the chapters, in order, and of the solutions.
func courseNotebooks(t *testing.T) (chapters, solutions []string) {
	t.Helper()
	for pattern, paths := range map[string]*[]string{"[0-9][0-9]*-*.ipynb": &chapters, "solutions/[0-9][0-9]*-*.ipynb": &solutions} {
		found, err := filepath.Glob(filepath.Join(notebooks, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no notebooks %s: %v", pattern, err)
		}
		*paths = found
	}
	return chapters, solutions
}

// eachNotebook runs a test on every notebook of the repository.
func eachNotebook(t *testing.T, test func(t *testing.T, path string, book coursebook.Book)) {
	t.Helper()
	chapters, solutions := courseNotebooks(t)
	for _, path := range append(chapters, solutions...) {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(notebooks, path)
		t.Run(name, func(t *testing.T) { test(t, path, book) })
	}
}

const makeOutputs = "go run ./kernel run --in-place notebooks/*.ipynb notebooks/solutions/*.ipynb"

func TestNotebooksAreKeptInCanonicalForm(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if canonical, err := coursebook.Canonical(content); err != nil || !bytes.Equal(content, canonical) {
			t.Errorf("it is not written as Jupyter writes it (%v); run: %s", err, makeOutputs)
		}
		seen := map[string]bool{}
		for i, cell := range book.Cells {
			if cell.ID == "" || seen[cell.ID] {
				t.Errorf("cell %d has the id %q, which must be there and be its own", i+1, cell.ID)
			}
			seen[cell.ID] = true
		}
	})
}

func TestOutputsAreOfTheSourcesThatStandThere(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		if !book.IsExecuted() {
			t.Errorf("its code was changed after it was run, or never run; run: %s", makeOutputs)
		}
	})
}

func TestOnlyLessonsFail(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		for _, cell := range book.Cells {
			message, isLesson := cell.ErrorMessage(), cell.ShouldFail()
			if message != "" && !isLesson {
				t.Errorf("%s failed: %s", cell.ID, message)
			}
			if message == "" && isLesson {
				t.Errorf("%s is there to fail, and did not", cell.ID)
			}
		}
	})
}

var (
	heading  = regexp.MustCompile(`(?m)^(#{1,6}) +(.+)$`)
	fence    = regexp.MustCompile("(?ms)^```.*?^```|`[^`\n]*`")
	markdown = regexp.MustCompile(`(!?)\[([^\]]*)\]\(([^)\s]+)[^)]*\)`)
)

// prose returns the markdown of a notebook, without code.
func prose(book coursebook.Book) string {
	var text strings.Builder
	for _, cell := range book.Cells {
		if cell.Type == "markdown" {
			text.WriteString(fence.ReplaceAllString(string(cell.Source), "") + "\n\n")
		}
	}
	return text.String()
}

func TestHeadingsSkipNoLevel(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		level, titles := 0, 0
		for _, found := range heading.FindAllStringSubmatch(prose(book), -1) {
			now := len(found[1])
			if now > level+1 {
				t.Errorf("%q has level %d after level %d", found[2], now, level)
			}
			if now == 1 {
				titles++
			}
			level = now
		}
		if titles != 1 {
			t.Errorf("it has %d titles (# ...), want 1", titles)
		}
	})
}

func TestLinksLeadSomewhereAndPicturesAreDescribed(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		for _, found := range markdown.FindAllStringSubmatch(prose(book), -1) {
			if isPicture := found[1] == "!"; isPicture && found[2] == "" {
				t.Errorf("picture %s has no description", found[3])
			}
			// JupyterLab serves the notebooks' folder only.
			if err := leadsSomewhere(path, found[3], notebooks); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	const checkout = "../.."
	files := os.DirFS(checkout)
	links := 0
	for _, pattern := range []string{"*.md", "*/*.md", "*/*/*.md"} {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			content, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range markdown.FindAllStringSubmatch(string(content), -1) {
				links++
				if err := leadsSomewhere(filepath.Join(checkout, name), found[3], checkout); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
	if links < 100 {
		t.Errorf("found %d links in documents, want the hundred that there are", links)
	}
}

// leadsSomewhere checks a link to a file below folder. Of one to the web only the form can be checked without a network.
func leadsSomewhere(from, link, folder string) error {
	target, err := url.Parse(link)
	if err != nil {
		return err
	}
	if target.Scheme == "https" && target.Host != "" {
		return nil
	}
	if target.Scheme != "" {
		return fmt.Errorf("%s: want https, or a file of the course", link)
	}
	if target.Path == "" {
		return nil // a heading of the same notebook
	}
	file := filepath.Join(filepath.Dir(from), filepath.FromSlash(target.Path))
	if below, err := filepath.Rel(folder, file); err != nil || !filepath.IsLocal(below) {
		return fmt.Errorf("link %s leads out of %s", link, folder)
	}
	content, err := os.ReadFile(file)
	if info, failed := os.Stat(file); failed == nil && info.IsDir() {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("link %s is dead: %w", link, err)
	}
	if target.Fragment != "" && filepath.Ext(file) == ".md" && !slices.Contains(headings(string(content)), target.Fragment) {
		return fmt.Errorf("link %s is dead: %s has no such heading", link, target.Path)
	}
	return nil
}

var (
	svg   = regexp.MustCompile(`(?s)<svg\b.*?</svg>`)
	image = regexp.MustCompile(`<img\b[^>]*>`)
	alt   = regexp.MustCompile(`\balt="[^"]+"`)
	title = regexp.MustCompile(`(?s)<title[^>]*>\s*\S`)
)

func TestPicturesThatCellsShowAreDescribed(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		for _, cell := range book.Cells {
			for _, output := range cell.Outputs {
				for kind, data := range output.Data {
					for _, picture := range svg.FindAllString(string(data), -1) {
						if !title.MatchString(picture) && !strings.Contains(picture, "aria-hidden") {
							t.Errorf("%s shows a picture (%s) without a title", cell.ID, kind)
						}
					}
					for _, picture := range image.FindAllString(string(data), -1) {
						if !alt.MatchString(picture) {
							t.Errorf("%s shows a picture without a description: %s", cell.ID, picture)
						}
					}
					if strings.HasPrefix(kind, "image/") && kind != "image/svg+xml" {
						t.Errorf("%s shows %s, which cannot have a description; show SVG", cell.ID, kind)
					}
				}
			}
		}
	})
}

// body is the line between the declarations of a cell and what it does.
var body = regexp.MustCompile(`\n(?:%race\n)?(?:%%|%schedules.*)\n`)

func TestCodeIsFormatted(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		for _, cell := range book.Cells {
			if cell.Type != "code" {
				continue
			}
			for _, part := range body.Split("\n"+string(cell.Source)+"\n", -1) {
				if err := isFormatted(strings.Trim(part, "\n")); err != nil {
					t.Errorf("%s: %v", cell.ID, err)
				}
			}
		}
	})
}

// isFormatted checks a part of a cell, unless it is not Go: %... and !... are the kernel's commands.
func isFormatted(part string) error {
	for line := range strings.Lines(part) {
		if strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") {
			return nil
		}
	}
	formatted, err := format.Source([]byte(part))
	if err == nil && string(formatted) != part {
		err = fmt.Errorf("gofmt would write\n%s", formatted)
	}
	return err
}

// headings lists the headings of a document as links name them.
func headings(text string) (names []string) {
	for line := range strings.Lines(text) {
		if title, found := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); found && strings.HasPrefix(line, "#") {
			name := strings.ToLower(strings.TrimSpace(title))
			name = regexp.MustCompile(`[^\p{L}\p{N}\- ]`).ReplaceAllString(name, "")
			names = append(names, strings.ReplaceAll(name, " ", "-"))
		}
	}
	return names
}

func TestEachChapterLinksToItsNeighbors(t *testing.T) {
	chapters, _ := courseNotebooks(t)
	for i, path := range chapters {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		text := prose(book)
		for _, neighbor := range []int{i - 1, i + 1} {
			if neighbor < 0 || neighbor == len(chapters) {
				continue
			}
			if name := filepath.Base(chapters[neighbor]); !strings.Contains(text, "]("+name+")") {
				t.Errorf("%s has no link to %s", filepath.Base(path), name)
			}
		}
	}
}

func TestEveryExerciseHasASolution(t *testing.T) {
	chapters, solutions := courseNotebooks(t)
	solved := map[string]bool{}
	for _, path := range solutions {
		solved[strings.Replace(filepath.Base(path), "-solution.ipynb", ".ipynb", 1)] = true
	}
	for _, path := range chapters {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		_, has := tagged(book, "exercise")
		if has != solved[name] {
			t.Errorf("%s: exercise %t, solution %t", name, has, solved[name])
		}
	}
}

// TestNoTwoNotebooksHaveTheSameName: JupyterLab's tabs show a notebook's name without its folder.
func TestNoTwoNotebooksHaveTheSameName(t *testing.T) {
	chapters, solutions := courseNotebooks(t)
	seen := map[string]string{}
	for _, path := range append(chapters, solutions...) {
		name := filepath.Base(path)
		if other := seen[name]; other != "" {
			t.Errorf("%s has the name of %s; call a solution NN-name-solution.ipynb", path, other)
		}
		seen[name] = path
	}
}

// tagged returns the first cell with a tag.
func tagged(book coursebook.Book, tag string) (coursebook.Cell, bool) {
	i := slices.IndexFunc(book.Cells, func(c coursebook.Cell) bool { return slices.Contains(c.Metadata.Tags, tag) })
	if i < 0 {
		return coursebook.Cell{}, false
	}
	return book.Cells[i], true
}

// A parameter is one line: var name = value // meaning, unit; range
var (
	parameterLine = regexp.MustCompile(`^var (\w+)(?: [\w\[\].]+)? += \S.*? // \S.*; (.+)$`)
	fromTo        = regexp.MustCompile(`^(-?[0-9][0-9_.e]*) to (-?[0-9][0-9_.e]*)$`)
	oneOf         = regexp.MustCompile(`^one of (.+)$`)
	untypedFloat  = regexp.MustCompile(`^var \w+ = -?(\d+[.eE]|\.\d)`) // a reader who gives it a whole number makes it an int
)

func TestParametersSayTheirRangesAndCellsCheckThem(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		parameters, ok := tagged(book, "parameters")
		if !ok {
			return
		}
		source := ""
		for _, cell := range book.Cells {
			source += string(cell.Source) + "\n"
		}
		for line := range strings.SplitSeq(strings.TrimSpace(string(parameters.Source)), "\n") {
			if check, err := checkOf(line); err != nil {
				t.Error(err)
			} else if check != "" && !strings.Contains(source, check) {
				t.Errorf("no cell checks the range of a parameter as it stands: %s", check)
			}
		}
	})
}

// checkOf returns the call that a line of the parameters cell promises, or "" for a type that has but two values.
func checkOf(line string) (string, error) {
	found := parameterLine.FindStringSubmatch(strings.Join(strings.Fields(line), " "))
	if found == nil {
		return "", fmt.Errorf("%q is not: var name = value // meaning, unit; LOW to HIGH", line)
	}
	if untypedFloat.MatchString(line) {
		return "", fmt.Errorf("%q is not: var name float64 = value", line)
	}
	name := found[1]
	if numbers := fromTo.FindStringSubmatch(found[2]); numbers != nil {
		return fmt.Sprintf("parameter.Between(%q, %s, %s, %s)", name, name, numbers[1], numbers[2]), nil
	}
	if choices := oneOf.FindStringSubmatch(found[2]); choices != nil {
		return fmt.Sprintf("parameter.OneOf(%q, %s, %s)", name, name, choices[1]), nil
	}
	if found[2] == "true or false" {
		return "", nil
	}
	return "", fmt.Errorf("%q: want the range as LOW to HIGH, one of A, B, or true or false", line)
}
