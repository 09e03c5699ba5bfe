package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"multiprocessing/kernel/browsertest"
)

func TestTheThemeFollowsTheSystem(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	url, stop := startLab(t, nil, "00-start-here.ipynb")
	ctx, closeBrowser := browsertest.Open(t, browser, 1000, 800)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(`document.body.dataset.jpThemeName === "JupyterLab Light"`))
	for _, theme := range []string{"Dark", "Light", "Dark"} { // while the page is open
		chooseTheme(t, ctx, theme)
	}
	do(t, ctx, "open the notebook again", chromedp.Reload(), until(`document.body.dataset.jpThemeName === "JupyterLab Dark"`))
	closeBrowser()
	stop()
}
