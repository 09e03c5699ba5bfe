package coursetest

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"multiprocessing/kernel/coursebook"
)

// What a reader may expect of the time that a cell takes, on free cores.
const (
	unannounced = 10 * time.Second // of a cell whose time no text states
	tried       = 15 * time.Second // of a cell with a value that a text suggests
	factor      = 1.5              // between the stated time and the real one
)

// statedTime is a time in the text above a cell: the last one counts.
var statedTime = regexp.MustCompile(`(?:about|for|takes|in) (?:(\d+) to )?(\d+) seconds`)

// BenchmarkCells executes the chapters as a reader does, with nothing else running, and looks at the time of each cell.
//
//	go test ./kernel/coursetest -run '^$' -bench Cells -benchtime 1x
func BenchmarkCells(b *testing.B) {
	eachChapter(b, func(b *testing.B, path string, book coursebook.Book) {
		var cells []coursebook.Cell
		var texts []string
		text := ""
		for _, cell := range book.Cells {
			if cell.Type == "markdown" {
				text = string(cell.Source)
				continue
			}
			cells, texts = append(cells, cell), append(texts, text)
			text = ""
		}
		for i, cell := range executeIn(b, filepath.Dir(path), cells) {
			took, least, most := timeOf(b, cell), time.Duration(0), unannounced
			if found := statedTime.FindAllStringSubmatch(texts[i], -1); found != nil {
				last := found[len(found)-1]
				most = time.Duration(number(last[2]) * factor * float64(time.Second))
				least = time.Duration(number(last[2]) / factor * float64(time.Second))
				if last[1] != "" {
					least = time.Duration(number(last[1]) / factor * float64(time.Second))
				}
			}
			if took < least || took > most {
				b.Errorf("%s took %.1f s; its text promises %.1f to %.1f", cell.ID, took.Seconds(), least.Seconds(), most.Seconds())
			} else if took > unannounced/2 {
				b.Logf("%s took %.1f s", cell.ID, took.Seconds())
			}
		}
	})
}

// BenchmarkTry executes the cells with each value that a text suggests, and looks at their times.
//
//	go test ./kernel/coursetest -run '^$' -bench Try -benchtime 1x
func BenchmarkTry(b *testing.B) {
	eachChapter(b, func(b *testing.B, path string, book coursebook.Book) {
		settings, _ := settingsIn(book)
		if len(settings) == 0 {
			b.Skip("no parameters")
		}
		head, _ := headAndRest(book)
		cells, labels := cellsToTry(b, book, settings)
		for i, cell := range executeIn(b, filepath.Dir(path), slices.Concat(head, cells))[len(head):] {
			if took := timeOf(b, cell); took > tried {
				b.Errorf("%s with %s took %.1f s, more than %v", cell.ID, labels[i], took.Seconds(), tried)
			}
		}
	})
}

func eachChapter(b *testing.B, measure func(b *testing.B, path string, book coursebook.Book)) {
	paths, err := filepath.Glob(filepath.Join(notebooks, "[0-9][0-9]-*.ipynb"))
	if err != nil || len(paths) == 0 {
		b.Fatal("no notebooks", err)
	}
	for _, path := range paths {
		book, err := coursebook.Read(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Base(path), func(b *testing.B) { measure(b, path, book) })
	}
}

func number(digits string) float64 {
	n, _ := strconv.ParseFloat(digits, 64) // "" is 0
	return n
}

// timeOf is how long the kernel was busy with a cell.
func timeOf(b *testing.B, cell coursebook.Cell) time.Duration {
	b.Helper()
	at := func(message string) time.Time {
		text, _ := cell.Metadata.Execution[message].(string)
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			b.Fatalf("%s has no time of %s: %v", cell.ID, message, err)
		}
		return t
	}
	return at("iopub.status.idle").Sub(at("iopub.status.busy"))
}
