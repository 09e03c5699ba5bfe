package process

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// lines forwards what a worker writes, line by line, with the worker's name
// before each line. Only one goroutine may use it.
type lines struct {
	prefix string
	to     *sharedWriter
	rest   []byte // an incomplete line
}

// longLine is the length at which a line is broken, so that output without
// newlines does not accumulate in memory.
const longLine = 1 << 20

// sharedWriter prevents the lines of several workers from mixing.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer // guarded by mu
}

// The output of all Processes. Every pool has its own.
var (
	sharedStdout = sharedWriter{w: os.Stdout}
	sharedStderr = sharedWriter{w: os.Stderr}
)

// Write never fails: a worker must not die because the pool's output is
// closed.
func (l *lines) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	end := bytes.LastIndexByte(l.rest, '\n') + 1
	if end == 0 && len(l.rest) >= longLine {
		end = len(l.rest) - cutRune(l.rest)
		l.rest = slices.Insert(l.rest, end, '\n')
		end++
	}
	l.forward(l.rest[:end])
	l.rest = slices.Delete(l.rest, 0, end)
	return len(b), nil
}

// cutRune returns the number of bytes at the end of b that are the start of an
// incomplete character.
func cutRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// flush forwards an incomplete last line.
func (l *lines) flush() {
	if len(l.rest) > 0 {
		l.forward(append(l.rest, '\n'))
		l.rest = nil
	}
}

// forward writes whole lines, in one write.
func (l *lines) forward(whole []byte) {
	if len(whole) == 0 {
		return
	}
	var out bytes.Buffer
	for line := range bytes.Lines(whole) {
		out.WriteString(l.prefix)
		out.Write(line)
	}
	l.to.mu.Lock()
	defer l.to.mu.Unlock()
	l.to.w.Write(out.Bytes())
}

// tail stores the end of what is written to it. Only one goroutine may use it.
type tail struct{ stored []byte }

const tailSize = 1 << 16

func (t *tail) Write(b []byte) (int, error) {
	t.stored = append(t.stored, b...)
	if excess := len(t.stored) - tailSize; excess > tailSize {
		for excess < len(t.stored) && !utf8.RuneStart(t.stored[excess]) {
			excess++
		}
		t.stored = slices.Delete(t.stored, 0, excess)
	}
	return len(b), nil
}

// excerptLines limits the lines of a dead worker's output in an error.
const excerptLines = 12

// excerpt returns the most useful lines: the first of a Go crash report, or
// the last lines if there is no report.
func excerpt(output string) string {
	all := strings.Split(strings.TrimRight(output, "\n"), "\n")
	for i, line := range all {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return strings.Join(all[i:min(i+excerptLines, len(all))], "\n")
		}
	}
	return strings.Join(all[max(0, len(all)-excerptLines):], "\n")
}

func workerName(number int) string { return fmt.Sprint("worker ", number) }
