package coursetest

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

var (
	details   = regexp.MustCompile(`(?s)<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>`)
	paragraph = regexp.MustCompile(`\n\n+|\n(?:- |\d+\. )`)
	question  = regexp.MustCompile(`\?(?:[)]|\s|$)`)
	tableRow  = regexp.MustCompile(`(?m)^\|.*$`)
)

// TestEveryQuestionHasAnAnswerToUnfold: a paragraph or an item of a list that asks has a paragraph or an item of its own in
// an answer: in the same cell or, if the reader should try first, in the next one with text.
func TestEveryQuestionHasAnAnswerToUnfold(t *testing.T) {
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			open, last := 0, ""
			for _, cell := range book.Cells {
				if cell.Type != "markdown" {
					continue
				}
				asked, answers := questionsOf(string(cell.Source))
				before := open
				open = max(0, open+len(asked)-answers)
				if before > 0 && open > len(asked) {
					t.Errorf("%s asks more than it and %s answer", last, cell.ID)
				}
				last = cell.ID + " (" + strings.Join(asked, " / ") + ")"
			}
			if open > 0 {
				t.Errorf("%d questions have no answer, among them of %s", open, last)
			}
		})
	}
}

// questionsOf returns the paragraphs and items of a text that ask, and how many there are in its answers.
func questionsOf(text string) (asked []string, answers int) {
	for _, found := range details.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(found[1], "Answer") {
			answers += len(parts(found[2]))
		}
	}
	text = threeQuestions.ReplaceAllString(text, "") // they have their own answers
	text = tableRow.ReplaceAllString(fence.ReplaceAllString(details.ReplaceAllString(text, ""), ""), "")
	for _, part := range parts(text) {
		if question.MatchString(part) && !strings.HasPrefix(part, "#") {
			asked = append(asked, part)
		}
	}
	return asked, answers
}

func parts(text string) (all []string) {
	for _, part := range paragraph.Split("\n"+text, -1) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

func TestQuestionsAndAnswersAreCounted(t *testing.T) {
	const text = "## Why?\n\nIs it so? Or not?\n\nNo `a?` here.\n\n- one?\n- two\n- three?\n\n<details><summary>Answers</summary>\n\nYes.\n\n- a\n- b\n\n</details>"
	if asked, answers := questionsOf(text); len(asked) != 3 || answers != 3 {
		t.Errorf("got %q and %d answers", asked, answers)
	}
}

// TestFoldedCellsSayWhatIsInThem: the first line of a folded cell does, and the kernel shows a result with the cell's number.
// A cell that draws what the text explains is folded, too, and shows its picture alone.
func TestFoldedCellsSayWhatIsInThem(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		for _, cell := range book.Cells {
			isPicture := strings.HasPrefix(string(cell.Source), "// Picture: ")
			if cell.Metadata.Jupyter.SourceHidden != (isPicture || strings.HasPrefix(string(cell.Source), "// Folded: ")) {
				t.Errorf("%s: a folded cell, and no other, begins with \"// Folded: \" or \"// Picture: \" and what is in it", cell.ID)
			}
			if isPicture && (len(cell.Outputs) != 1 || len(svg.FindAllString(string(cell.Outputs[0].Data["text/html"]), -1)) != 1) {
				t.Errorf("%s: it does not show a picture and nothing else; run: %s", cell.ID, makeOutputs)
			}
			if !cell.Metadata.Jupyter.SourceHidden || isPicture {
				continue
			}
			if len(cell.Outputs) != 1 || cell.Outputs[0].Type != "execute_result" || string(cell.Outputs[0].Data["text/plain"]) != "ready" {
				t.Errorf("%s: its result is not \"ready\"; run: %s", cell.ID, makeOutputs)
			}
			if strings.Contains(string(cell.Source), "import (") && strings.Count(string(cell.Source), "\nfunc ") > 1 {
				t.Errorf("%s: a folded cell has imports and the check of the parameters, or helpers, or cases", cell.ID)
			}
		}
	})
}
