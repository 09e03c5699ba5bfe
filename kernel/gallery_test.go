package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/kernel/browsertest"

	"github.com/chromedp/chromedp"
)

// TestBrowserShowsEveryPictureInBothThemes runs a notebook that shows each table and picture of the library, looks at what
// they are made of in JupyterLab's light and dark theme, and keeps a screenshot of each for people.
func TestBrowserShowsEveryPictureInBothThemes(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	name := copyForLab(t, "gallery", filepath.Join("testdata", "gallery.ipynb"))
	url, stop := startLab(t, nil, name)
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 5200)
	do(t, ctx, "open the gallery", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	do(t, ctx, "wait for the last cell", until(allCellsAreDone(t, filepath.Join(notebooks, name))))
	for _, theme := range themes {
		chooseTheme(t, ctx, theme)
		do(t, ctx, "wait until every picture has a size", until(everyPictureHasASize)) // a new theme lays the page out anew
		checkGallery(t, ctx)
		var shot []byte
		do(t, ctx, "take a picture", drawn, chromedp.CaptureScreenshot(&shot))
		saveAs(t, "gallery-"+strings.ToLower(theme)+".png", shot)
	}
	closeBrowser()
	stop()
}

const everyPictureHasASize = `[...document.querySelectorAll('.jp-OutputArea figure svg')].every(e => e.getBoundingClientRect().width >= 200)`

// checkGallery checks what a reader of the gallery gets: no error, tables with a head and a caption, pictures that are
// there, have a title and a description and no color that the theme does not know, and no progress left.
func checkGallery(t *testing.T, ctx context.Context) {
	t.Helper()
	for what, expression := range map[string]string{
		"errors": `[...document.querySelectorAll('.jp-OutputArea [data-mime-type*="error"], .jp-OutputArea [data-mime-type*="stderr"]')].map(e => e.textContent).join()`,
		"tables without a caption or a head": `[...document.querySelectorAll('.jp-OutputArea table')].slice(0, 1)
			.filter(e => !e.querySelector('caption') || !e.querySelector('th[scope]')).length.toString().replace(/^0$/, '')`,
		"pictures without a description": `[...document.querySelectorAll('.jp-OutputArea figure')]
			.filter(e => !(e.getAttribute('aria-label') || e.querySelector('svg > desc')?.textContent || '').trim()).length.toString().replace(/^0$/, '')`,
		"progress left": `[...document.querySelectorAll('.jp-OutputArea progress')].length.toString().replace(/^0$/, '')`,
	} {
		if got := text(t, ctx, expression); got != "" {
			t.Errorf("%s: %s", what, got)
		}
	}
	if got := text(t, ctx, `document.querySelectorAll('.jp-OutputArea figure svg').length.toString()`); got != "9" {
		t.Errorf("%s pictures, want bars, speedup, stacked bars, history, timeline, graph, lanes, boxes and flame", got)
	}
}
