package front

import (
	"fmt"
	"regexp"
	"time"
)

// crash is what a Go program prints to standard error when it dies. It is held back, because it belongs into the cell's
// error, with places in cells instead of files. A program may print the same and go on: then it is let go after a while.
type crash struct {
	text  string
	left  int       // bytes that were not kept
	since time.Time // held
	timer *time.Timer
}

// crashBegins is how Go's runtime begins.
var crashBegins = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: goroutine stack exceeds )`)

const (
	crashWait  = 2 * time.Second // the runtime prints and exits at once; a busy machine takes its time
	crashMost  = 5 * time.Second // what goes on printing for longer is no crash
	crashLimit = 256 << 10
)

// take keeps the part of text that belongs to a crash and returns the rest.
func (k *crash) take(text string, release func(), after func(time.Duration, func()) *time.Timer) (rest string) {
	if k.text == "" {
		begin := crashBegins.FindStringIndex(text)
		if begin == nil {
			return text
		}
		rest, text = text[:begin[0]], text[begin[0]:]
		k.since = time.Now()
	}
	if room := crashLimit - len(k.text); len(text) > room { // thousands of goroutines: the first are the ones that matter
		kept := wholeLines(text[:room])
		k.left += len(text) - len(kept)
		text = kept
	}
	k.text += text
	if k.timer != nil {
		k.timer.Stop()
	}
	k.timer = after(min(crashWait, max(0, crashMost-time.Since(k.since))), release)
	return rest
}

// release returns what was held and holds it no more.
func (k *crash) release() string {
	text := k.text
	if k.left > 0 {
		text += fmt.Sprintf("\n[left out: %s more of this]\n", megabytes(k.left))
	}
	if k.timer != nil {
		k.timer.Stop()
	}
	*k = crash{}
	return text
}
