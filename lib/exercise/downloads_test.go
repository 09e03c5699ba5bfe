package exercise

import (
	"sync"
	"testing"
)

func downloadsStarter(urls []string, atMost int, get func(url string) string) []string {
	pages := make([]string, len(urls))
	for i, url := range urls {
		pages[i] = get(url)
	}
	return pages
}

func downloadsSolution(urls []string, atMost int, get func(url string) string) []string {
	pages := make([]string, len(urls))
	places := make(chan struct{}, atMost)
	var wg sync.WaitGroup
	for i, url := range urls {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			pages[i] = get(url)
		})
	}
	wg.Wait()
	return pages
}

// downloadsUnlimited begins all at once.
func downloadsUnlimited(urls []string, atMost int, get func(url string) string) []string {
	return downloadsSolution(urls, max(1, len(urls)), get)
}

// downloadsArrival returns pages as they come.
func downloadsArrival(urls []string, atMost int, get func(url string) string) []string {
	var mu sync.Mutex
	var pages []string
	downloadsSolution(urls, atMost, func(url string) string {
		page := get(url)
		mu.Lock()
		defer mu.Unlock()
		pages = append(pages, page)
		return page
	})
	return pages
}

// downloadsUnawaited does not wait for the last ones.
func downloadsUnawaited(urls []string, atMost int, get func(url string) string) []string {
	var mu sync.Mutex
	pages := make([]string, len(urls))
	places := make(chan struct{}, atMost)
	for i, url := range urls {
		places <- struct{}{}
		go func() {
			page := get(url)
			mu.Lock()
			pages[i] = page
			mu.Unlock()
			<-places
		}()
	}
	mu.Lock()
	defer mu.Unlock()
	return append([]string{}, pages...)
}

// downloadsStuck gives no place back.
func downloadsStuck(urls []string, atMost int, get func(url string) string) []string {
	places := make(chan struct{}, atMost)
	for _, url := range urls {
		places <- struct{}{}
		go get(url)
	}
	return nil
}

// downloadsBatches waits for atMost downloads before it begins the next ones.
func downloadsBatches(urls []string, atMost int, get func(url string) string) []string {
	var pages []string
	for len(urls) > 0 {
		n := min(atMost, len(urls))
		pages = append(pages, downloadsSolution(urls[:n], n, get)...)
		urls = urls[n:]
	}
	return pages
}

func TestDownloads(t *testing.T) {
	solution(t, func() Verdict { return Downloads(downloadsSolution) })
	solution(t, func() Verdict { return Downloads(downloadsBatches) }, "One slow download held up others")
	hurried(t)
	for _, w := range []wrong{
		{"starter", func() Verdict { return Downloads(downloadsStarter) }, []string{"downloadAll(12 urls, 3, get) has the right pages, but one download was on the way at a time"}},
		{"all at once", func() Verdict { return Downloads(downloadsUnlimited) }, []string{"downloadAll(12 urls, 3, get) had 12 downloads on the way at the same time, not at most 3"}},
		{"in the order of arrival", func() Verdict { return Downloads(downloadsArrival) }, []string{"the right pages in another order: [", "; in order they are ["}},
		{"the last are not awaited", func() Verdict { return Downloads(downloadsUnawaited) }, []string{"downloadAll(12 urls, 3, get) is [", "the pages in order are ["}},
		{"sorts its input", func() Verdict {
			return Downloads(func(urls []string, atMost int, get func(string) string) []string {
				pages := downloadsSolution(urls, atMost, get)
				urls[0] = ""
				return pages
			})
		}, []string{`changes its input: element 0 of the urls was "/0" and is ""`}},
	} {
		w.run(t)
	}
	impatient(t)
	wrong{"no place is given back", func() Verdict { return Downloads(downloadsStuck) }, []string{"downloadAll(12 urls, 3, get) does not return: it was still running after 500ms"}}.run(t)
}
