package coursetest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

// bullets is how many statements each slide makes: rows that docs/slides.md must have.
var bullets = map[string]int{
	"1": 1, "2": 11, "3": 12, "4": 4, "5": 8, "6": 8, "7": 3, "8": 3, "9": 2, "10": 6, "11": 10,
}

// slideRow is a row of docs/slides.md: slide, statement, notebook, cell, and words that the cell must hold.
var slideRow = regexp.MustCompile(`^\| (\d+) \| (.+?) \| \[[^\]]+\]\(\.\./notebooks/([^)]+)\) \| (\S+) \| (.+?) \|$`)

func TestEveryStatementOfTheDeckIsInACellOfItsSlide(t *testing.T) {
	content, err := os.ReadFile("../../docs/slides.md")
	if err != nil {
		t.Fatal(err)
	}
	books, found := map[string]coursebook.Book{}, map[string]int{}
	for line := range strings.SplitSeq(string(content), "\n") {
		row := slideRow.FindStringSubmatch(line)
		if row == nil {
			if strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "| slide") && !strings.HasPrefix(line, "|---") {
				t.Errorf("a row is not slide | statement | notebook | cell | words: %s", line)
			}
			continue
		}
		slide, name, id, words := row[1], row[3], row[4], row[5]
		found[slide]++
		if _, ok := books[name]; !ok {
			if books[name], err = coursebook.Read(filepath.Join(notebooks, name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := holds(books[name], id, "slide-"+slide, strings.Split(words, ", ")); err != nil {
			t.Errorf("slide %s, %q: %s: %v", slide, row[2], name, err)
		}
	}
	for slide, want := range bullets {
		if found[slide] != want {
			t.Errorf("docs/slides.md has %d statements of slide %s, want %d", found[slide], slide, want)
		}
	}
}

// holds checks that the cell called id has a tag, and all words.
func holds(book coursebook.Book, id, tag string, words []string) error {
	for _, cell := range book.Cells {
		if cell.ID != id {
			continue
		}
		if !slices.Contains(cell.Metadata.Tags, tag) {
			return fmt.Errorf("cell %s has no tag %s", id, tag)
		}
		source := markdown.ReplaceAllString(string(cell.Source), "$2") // what a link says
		text := strings.ToLower(strings.Join(strings.Fields(source), " "))
		for _, word := range words {
			if !strings.Contains(text, strings.ToLower(strings.Trim(word, "`"))) {
				return fmt.Errorf("cell %s does not say %q", id, word)
			}
		}
		return nil
	}
	return fmt.Errorf("there is no cell %s", id)
}
