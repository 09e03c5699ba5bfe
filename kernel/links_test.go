package main

import (
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

var (
	codeInMarkdown = regexp.MustCompile("(?ms)^```.*?^```|`[^`\n]*`")
	markdownLink   = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)`) // or a picture
)

// wantLinksOpen checks that a running lab serves each file to which a notebook has a relative link. address is the URL
// that the lab command printed.
func wantLinksOpen(t *testing.T, address string) {
	t.Helper()
	lab, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	from := linksOfNotebooks(t)
	for file, notebook := range from {
		request := url.URL{Scheme: lab.Scheme, Host: lab.Host, Path: "/api/contents/" + file, RawQuery: lab.RawQuery}
		response, err := http.Get(request.String())
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != http.StatusOK {
			t.Errorf("%s links to %s, which JupyterLab does not open: %s", notebook, file, response.Status)
		}
	}
	if len(from) < 20 {
		t.Errorf("found links to %d files, want the dozens that there are", len(from))
	}
}

// linksOfNotebooks returns the files to which notebooks link, below the notebooks' folder, each with a notebook that does.
func linksOfNotebooks(t *testing.T) map[string]string {
	t.Helper()
	from := map[string]string{}
	for _, pattern := range []string{"*.ipynb", "*/*.ipynb"} {
		names, err := filepath.Glob(filepath.Join(notebooks, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, inATest) || strings.HasPrefix(filepath.Base(filepath.Dir(name)), ".ipynb") {
				continue // of another test
			}
			book, err := coursebook.Read(name)
			if err != nil {
				t.Fatal(err)
			}
			below, err := filepath.Rel(notebooks, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, cell := range book.Cells {
				if cell.Type != "markdown" {
					continue
				}
				for _, found := range markdownLink.FindAllStringSubmatch(codeInMarkdown.ReplaceAllString(string(cell.Source), ""), -1) {
					link, err := url.Parse(found[1])
					if err != nil {
						t.Errorf("%s: %v", below, err)
					} else if link.Scheme == "" && link.Path != "" { // not to the web, and not to a heading of the same notebook
						from[path.Join(path.Dir(filepath.ToSlash(below)), link.Path)] = below
					}
				}
			}
		}
	}
	return from
}
