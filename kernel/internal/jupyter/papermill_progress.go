package jupyter

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"time"
)

// Progress is where a run is.
type Progress struct {
	Cell, Of int
	Took     string // as "0.5 s"; empty when the cell begins
}

// cellLine is what our engine writes to papermill's log for each cell.
var cellLine = regexp.MustCompile(`^Cell (\d+) of (\d+): (?:\.\.\.|(.*))$`)

// follow calls tell for each cell that begins or ends, as the log at path says, until the function that it returns is
// called. It reads a file and no pipe: a process that papermill leaves behind would hold the pipe open.
func follow(path string, tell func(Progress)) (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		log, err := os.Open(path)
		if err != nil {
			return
		}
		defer log.Close()
		lines := lineReader{in: bufio.NewReader(log)}
		for {
			select {
			case <-ended:
				lines.read(tell)
				return
			case <-time.After(50 * time.Millisecond):
				lines.read(tell)
			}
		}
	}()
	return func() {
		close(ended)
		<-done
	}
}

// lineReader reads a file that grows, by whole lines.
type lineReader struct {
	in      *bufio.Reader
	partial string
}

func (l *lineReader) read(tell func(Progress)) {
	for {
		text, err := l.in.ReadString('\n')
		l.partial += text
		if err != nil { // io.EOF: the rest of the line is still to come
			return
		}
		if p, ok := progressOf(l.partial[:len(l.partial)-1]); ok {
			tell(p)
		}
		l.partial = ""
	}
}

func progressOf(line string) (Progress, bool) {
	match := cellLine.FindStringSubmatch(line)
	if match == nil {
		return Progress{}, false
	}
	cell, _ := strconv.Atoi(match[1])
	of, _ := strconv.Atoi(match[2])
	return Progress{cell, of, match[3]}, true
}
