package coursetest

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

// TestLinksToHeadingsOfNotebooksLeadToOne: JupyterLab names a heading by its text, with - for spaces.
func TestLinksToHeadingsOfNotebooksLeadToOne(t *testing.T) {
	eachNotebook(t, func(t *testing.T, path string, book coursebook.Book) {
		for _, found := range markdown.FindAllStringSubmatch(prose(book), -1) {
			link, err := url.Parse(found[3])
			if err != nil || link.Scheme != "" || link.Fragment == "" || filepath.Ext(link.Path) != ".ipynb" {
				continue
			}
			target, err := coursebook.Read(filepath.Join(filepath.Dir(path), filepath.FromSlash(link.Path)))
			if err != nil {
				t.Error(err)
				continue
			}
			named := func(h []string) bool { return strings.ReplaceAll(h[2], " ", "-") == link.Fragment }
			if !slices.ContainsFunc(heading.FindAllStringSubmatch(prose(target), -1), named) {
				t.Errorf("link %s: the notebook has no such heading", found[3])
			}
		}
	})
}

// TestReferencePicturesAreOfFreeCores: a picture that a text shows for comparison must be a result.
func TestReferencePicturesAreOfFreeCores(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(notebooks, "reference", "*.svg"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no reference pictures: %v", err)
	}
	texts := ""
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		texts += prose(book)
	}
	for _, file := range files {
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(svg), "<title") || strings.Contains(string(svg), "not a result") {
			t.Errorf("%s is not a picture from free cores; run: go run ./kernel/reference NOTEBOOK", file)
		}
		if !strings.Contains(texts, "reference/"+filepath.Base(file)) {
			t.Errorf("no notebook shows %s", file)
		}
	}
}
