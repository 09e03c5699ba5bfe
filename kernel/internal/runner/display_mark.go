package runner

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"multiprocessing/internal/envvar"
)

// A program displays something by writing it to a file in the folder that envvar.Displays names, and a mark with the
// file's name to standard output. The mark gives the display its position between the lines that the program prints,
// from any goroutine. A mark is so short that no other write can split it.
const (
	mark      = "\x00display "
	markEnd   = "\x00"
	markLimit = 100 // maximum length of the name

	displayName = "display-" // prefix of the name
)

// DisplayLimit is the maximum size of a display that is sent.
const DisplayLimit = 8 << 20

// stream is the output that a program writes to one of its pipes.
type stream struct{ rest []byte } // an incomplete character or mark

// take returns the pieces of text between displays, and the names of the displays. The pieces contain only whole
// characters.
func (s *stream) take(text []byte, withMarks bool) (pieces [][]byte, displays []string) {
	if len(s.rest) > 0 {
		text = append(s.rest, text...)
	}
	for withMarks {
		before, after, found := bytes.Cut(text, []byte(mark))
		name, after, ended := bytes.Cut(after, []byte(markEnd))
		if !found || !ended || len(name) > markLimit {
			break
		}
		pieces, displays = append(pieces, before), append(displays, string(name))
		text = after
	}
	whole := len(text) - incomplete(text, withMarks)
	s.rest = bytes.Clone(text[whole:])
	return append(pieces, text[:whole]), displays
}

// incomplete returns the number of bytes at the end of text that may be the start of a mark or a character.
func incomplete(text []byte, withMarks bool) int {
	if withMarks {
		if at := bytes.LastIndex(text, []byte(mark)); at >= 0 && len(text)-at < len(mark)+markLimit {
			return len(text) - at
		}
		for n := min(len(mark)-1, len(text)); n > 0; n-- {
			if bytes.HasSuffix(text, []byte(mark[:n])) {
				return n
			}
		}
	}
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// display sends the display that the program has written to the file of that name, and reports whether there is one.
func (r *run) display(name string) bool {
	path := filepath.Join(filepath.Dir(os.Getenv(envvar.Runs)), filepath.Base(name))
	info, err := os.Stat(path)
	if err != nil || !strings.HasPrefix(name, displayName) {
		return false
	}
	defer os.Remove(path)
	if info.Size() > DisplayLimit {
		r.send(Display, nil)
		return true
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	if r.capture {
		var display struct{ Data map[string]string }
		_ = json.Unmarshal(content, &display)
		for _, text := range display.Data {
			_, _ = os.Stdout.WriteString(text)
		}
	}
	r.send(Display, content)
	return true
}
