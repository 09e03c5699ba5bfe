package exercise

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

type downloader func(urls []string, atMost int, get func(url string) string) []string

// Downloads checks a function that gets the pages of all urls, in the order
// of the urls, with at most so many calls of get at the same time.
func Downloads(downloadAll func(urls []string, atMost int, get func(url string) string) []string) (verdict Verdict) {
	defer begin("Downloads", downloadAll == nil)(&verdict)
	var trials []func() string
	for _, c := range []struct {
		name         string
		urls, atMost int
	}{
		{"more pages than places", 12, 3}, {"two places", 7, 2}, {"one place", 5, 1}, {"more places than pages", 2, 8},
		{"a single page", 1, 1}, {"no page", 0, 4}, {"many pages", 30, 6},
	} {
		trials = append(trials, named(c.name, func() string { return tryDownloads(downloadAll, c.urls, c.atMost) }))
	}
	var heldUp atomic.Bool
	trials = append(trials, named("the first page comes last", func() string { return trySlowDownload(downloadAll, &heldUp) }))
	verdict = judge("the pages are in order, and never were more downloads on the way than allowed.", trials...)
	if heldUp.Load() {
		verdict = verdict.adding("One slow download held up others, though, while a place was free.")
	}
	return verdict
}

func addresses(n int) (urls, pages []string) {
	for i := range n {
		urls = append(urls, fmt.Sprintf("/%d", i))
		pages = append(pages, page(urls[i]))
	}
	return urls, pages
}

func page(url string) string { return "page" + url }

func tryDownloads(downloadAll downloader, n, atMost int) string {
	call := fmt.Sprintf("downloadAll(%d urls, %d, get)", n, atMost)
	urls, pages := addresses(n)
	input := slices.Clone(urls)
	downloads, asked := newCrowd(min(2, n, atMost)), newTally[string]()
	get := func(url string) string {
		downloads.enter()
		defer downloads.leave()
		asked.add(url)
		return page(url)
	}
	var got []string
	if problem := attempt(call, func() { got = downloadAll(input, atMost, get) }); problem != "" {
		return problem
	}
	if problem := changed(call, input, urls, "urls"); problem != "" {
		return problem
	}
	if together := downloads.together(); together > atMost {
		return fmt.Sprintf("%s had %d downloads on the way at the same time, not at most %d", call, together, atMost)
	}
	if problem := differ(call, got, pages, "page"); problem != "" {
		return problem
	}
	if url, times := asked.repeated(); times > 1 {
		return fmt.Sprintf("%s calls get %d times for %s", call, times, url)
	}
	if atMost > 1 && n > 1 && downloads.together() < 2 {
		return call + " has the right pages, but one download was on the way at a time"
	}
	return ""
}

// trySlowDownload holds the first download back until all the others are
// there, so that pages arrive in another order than that of the urls. heldUp
// is whether some download did not begin before the slow one had ended.
func trySlowDownload(downloadAll downloader, heldUp *atomic.Bool) string {
	const n, atMost = 8, 2
	call := fmt.Sprintf("downloadAll(%d urls, %d, get)", n, atMost)
	urls, pages := addresses(n)
	var arrived atomic.Int32
	last, patience := make(chan struct{}), grace
	get := func(url string) string {
		if url == urls[0] {
			select {
			case <-last:
				time.Sleep(time.Millisecond) // for the last page to be put away
			case <-time.After(patience):
				heldUp.Store(true)
			}
		} else if arrived.Add(1) == n-1 {
			close(last)
		}
		return page(url)
	}
	var got []string
	if problem := attempt(call, func() { got = downloadAll(slices.Clone(urls), atMost, get) }); problem != "" {
		return problem
	}
	return differ(call, got, pages, "page")
}
