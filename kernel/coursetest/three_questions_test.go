package coursetest

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

var (
	threeQuestions = regexp.MustCompile(`(?ms)^## Three questions\n(.*?)(?:^## |\z)`)
	asked          = regexp.MustCompile(`(?m)^\*\*\d\. .*\?\*\*$`)
	choice         = regexp.MustCompile(`<details><summary>([^\n]+)</summary>\n\n\*\*(Right|Wrong)\.\*\* ([^\n]+)\n\n</details>`)
	inSummary      = regexp.MustCompile("`|\\*|\\]\\(") // is not read as Markdown there
)

// TestEveryChapterEndsWithThreeQuestions: each has one right answer and at least two wrong ones, and unfolding an answer
// says why it is right or wrong. They are Markdown and <details>, so they need neither a kernel nor a script.
func TestEveryChapterEndsWithThreeQuestions(t *testing.T) {
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			text := prose(book)
			sections := threeQuestions.FindAllStringSubmatch(markdownOf(book), -1)
			if len(sections) != 1 || strings.Index(text, "## Three questions") > strings.Index(text, "## In three lines") {
				t.Fatalf("it has %d sections \"## Three questions\", want one, before \"## In three lines\"", len(sections))
			}
			for _, problem := range problemsOfQuestions(sections[0][1]) {
				t.Error(problem)
			}
		})
	}
}

// markdownOf is the text of a notebook, with its code.
func markdownOf(book coursebook.Book) string {
	var text strings.Builder
	for _, cell := range book.Cells {
		if cell.Type == "markdown" {
			text.WriteString(string(cell.Source) + "\n\n")
		}
	}
	return text.String()
}

// problemsOfQuestions looks at a section with questions.
func problemsOfQuestions(section string) (problems []string) {
	found := asked.FindAllStringIndex(section, -1)
	if len(found) != 3 {
		problems = append(problems, "want three lines **1. ...?** to **3. ...?**")
	}
	for i, at := range found {
		question, end := section[at[0]:at[1]], len(section)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		answers := section[at[1]:end]
		count := map[string]int{}
		for _, c := range choice.FindAllStringSubmatch(answers, -1) {
			count[c[2]]++
			if inSummary.MatchString(c[1]) {
				problems = append(problems, question+": the answer "+c[1]+" has Markdown, which is not read in a summary")
			}
		}
		if count["Right"] != 1 || count["Wrong"] < 2 {
			problems = append(problems, question+": want one answer that is right, and two or more that are wrong, each with why")
		}
		if rest := choice.ReplaceAllString(answers, ""); strings.TrimSpace(rest) != "" {
			problems = append(problems, question+": what is this: "+strings.TrimSpace(rest))
		}
	}
	return problems
}

func TestQuestionsWithoutReasonsAreFound(t *testing.T) {
	const (
		right = "<details><summary>a</summary>\n\n**Right.** So it is.\n\n</details>\n\n"
		wrong = "<details><summary>b</summary>\n\n**Wrong.** It is not.\n\n</details>\n\n"
		bare  = "<details><summary>c</summary>\n\nNo.\n\n</details>\n\n"
	)
	one := func(n, answers string) string { return "**" + n + ". Why?**\n\n" + answers }
	good := one("1", wrong+right+wrong)
	for section, want := range map[string]int{
		good + one("2", right+wrong+wrong) + one("3", right+wrong+wrong+wrong):        0,
		good + one("2", right+wrong+wrong):                                            1,
		good + good + one("3", right+wrong):                                           1,
		good + good + one("3", right+right+wrong+wrong):                               1,
		good + good + one("3", right+wrong+bare):                                      2,
		good + good + one("3", right+wrong+strings.Replace(wrong, ">b<", ">`b`<", 1)): 1,
	} {
		if got := problemsOfQuestions(section); len(got) != want {
			t.Errorf("%d problems, want %d: %q\n%s", len(got), want, got, section)
		}
	}
}
