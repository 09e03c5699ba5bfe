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

// lines forwards what a worker writes, line by line, each with the worker's
// name before it. It is used by one goroutine.
type lines struct {
	prefix string
	to     *sharedWriter
	rest   []byte // a line that has no end yet
}

// longLine is where a line is broken, so that output without line ends does
// not pile up in memory.
const longLine = 1 << 20

// sharedWriter keeps the lines of many workers apart.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer // guarded by mu
}

// What all Processes share. Every pool has its own.
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

// cutRune returns how many bytes at the end of b begin a character that is
// not complete.
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

// flush forwards a last line that has no end.
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

// tail keeps the end of what is written to it. It is used by one goroutine.
type tail struct{ kept []byte }

const tailSize = 1 << 16

func (t *tail) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b...)
	if excess := len(t.kept) - tailSize; excess > tailSize {
		for excess < len(t.kept) && !utf8.RuneStart(t.kept[excess]) {
			excess++
		}
		t.kept = slices.Delete(t.kept, 0, excess)
	}
	return len(b), nil
}

// excerptLines is how much of a dead worker's output an error shows.
const excerptLines = 12

// excerpt returns the lines that tell most: those after the start of a Go
// crash report, else the last ones.
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
