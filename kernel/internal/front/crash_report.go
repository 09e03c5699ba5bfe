package front

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// crash is the report that a Go program prints to standard error when it crashes. The front buffers it, because it becomes
// part of the cell's error, with places in cells instead of files. If the program prints the same text and continues, the
// front prints the text after a delay.
type crash struct {
	text  string
	left  int       // number of bytes beyond crashLimit, which are dropped
	since time.Time // when the first text was buffered
	timer *time.Timer
}

// crashBegins matches the start of a crash report of Go's runtime.
var crashBegins = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: goroutine stack exceeds )`)

const (
	crashWait  = 2 * time.Second // from the last output to the exit; short, except on a busy machine
	crashMost  = 5 * time.Second // a program that prints for longer has not crashed
	crashLimit = 256 << 10
)

// take buffers the part of text that belongs to a crash report and returns the rest.
func (k *crash) take(text string, release func(), after func(time.Duration, func()) *time.Timer) (rest string) {
	if k.text == "" {
		begin := crashBegins.FindStringIndex(text)
		if begin == nil {
			return text
		}
		rest, text = text[:begin[0]], text[begin[0]:]
		k.since = time.Now()
	}
	if room := crashLimit - len(k.text); len(text) > room { // thousands of goroutines; the first ones are the most useful
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

// release returns the buffered text and clears the buffer.
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

// crashed returns the failure of a program that crashed, with places in cells instead of files.
func (f *front) crashed(text string) *failure {
	first, rest, _ := strings.Cut(strings.TrimRight(text, "\n"), "\n")
	first = strings.TrimSuffix(first, " [recovered, repanicked]") // by package testing
	name, value, found := strings.Cut(first, ": ")
	if !found {
		name, value = "panic", first
	}
	head := red + first + plain
	rest, at := f.places(rest)
	if at != (place{}) {
		head = bold + at.String() + plain + ": " + head
	}
	return &failure{Name: name, Value: value, Traceback: append([]string{head}, strings.Split(rest, "\n")...)}
}
