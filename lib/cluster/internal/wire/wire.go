// Package wire defines the messages of package cluster: a chunk, which a
// client sends to a worker, and a result, which the worker sends back. It has
// no connection and knows nothing of NATS.
//
//	client                                                   worker
//	  | mp.work.QUEUE.JOB.FROM-TO   Mp-Task, Mp-Code, ...       |
//	  |  items FROM to TO-1 ---------------------------------> |
//	  |                             Mp-Kind, Mp-Worker, ...     |
//	  | <--------------------------- results or a failure       |
//	  |                             mp.done.JOB.FROM-TO         |
//	  | mp.end.QUEUE.JOB                                        |
//	  |  the job was deleted --------------------------------> |
//
// The subject of a message says which items it is about. A result that is
// larger than a message may be is sent in parts, each with a range of its own.
// A client with write access to the streams can forge a message, so the readers
// check every field against a limit.
package wire

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Limits of what a message may contain.
const (
	MaxItems    = 1 << 24 // in a chunk
	MaxAttempts = 100     // of a chunk
	maxLabel    = 256     // bytes of a name
)

// HeaderSpace is how many bytes of a message are kept for its subject and its
// headers.
const HeaderSpace = 4 << 10

// Message is a message as NATS carries it.
type Message struct {
	Subject string
	Header  map[string][]string
	Data    []byte
}

// header returns the value of a header, or an empty string.
func (m Message) header(name string) string {
	if values := m.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Range is the items From to To-1 of a Map.
type Range struct{ From, To int }

// Len returns the number of items.
func (r Range) Len() int { return r.To - r.From }

// String names the items: "item 7", "items 7 to 9".
func (r Range) String() string {
	if r.Len() == 1 {
		return fmt.Sprint("item ", r.From)
	}
	return fmt.Sprintf("items %d to %d", r.From, r.To-1)
}

// Halves cuts a range of two or more items in two.
func (r Range) Halves() [2]Range {
	middle := r.From + r.Len()/2
	return [2]Range{{r.From, middle}, {middle, r.To}}
}

// ParseRange reads the last word of a subject.
func ParseRange(word string) (r Range, err error) {
	from, to, _ := strings.Cut(word, "-")
	if r.From, err = natural(from, math.MaxInt32); err == nil {
		r.To, err = natural(to, math.MaxInt32)
	}
	if err == nil && (r.Len() < 1 || r.Len() > MaxItems) {
		err = fmt.Errorf("%.40q is not a range of 1 to %d items", word, MaxItems)
	}
	return r, err
}

// Subjects. Each stream has those of one prefix; none has those of endPrefix.
const (
	workPrefix = "mp.work."
	donePrefix = "mp.done."
	jobPrefix  = "mp.job."
	endPrefix  = "mp.end."

	AllChunks  = workPrefix + ">"
	AllResults = donePrefix + ">"
	AllRecords = jobPrefix + "*"
)

// Chunks returns the subjects of the chunks of a queue.
func Chunks(queue string) string { return workPrefix + queue + ".>" }

// JobChunks returns the subjects of the chunks of a job.
func JobChunks(queue, job string) string { return workPrefix + queue + "." + job + ".>" }

// JobResults returns the subjects of the results of a job.
func JobResults(job string) string { return donePrefix + job + ".>" }

// JobRecord returns the subject of the record of a named job.
func JobRecord(name string) string { return jobPrefix + name }

// JobEnd returns the subject of the message that a job was deleted; "*" is every
// job.
func JobEnd(queue, job string) string { return endPrefix + queue + "." + job }

func (r Range) subject(prefix string, names ...string) string {
	return prefix + strings.Join(names, ".") + "." + strconv.Itoa(r.From) + "-" + strconv.Itoa(r.To)
}

var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// IsName reports whether a job or a queue may have this name: it is one word
// of a subject.
func IsName(s string) bool { return name.MatchString(s) }

// NewName returns a random name.
func NewName() string { return rand.Text() }

// parseSubject reads count names and a range.
func parseSubject(subject, prefix string, count int) (names []string, r Range, err error) {
	rest, ok := strings.CutPrefix(subject, prefix)
	words := strings.Split(rest, ".")
	if !ok || len(words) != count+1 {
		return nil, r, fmt.Errorf("unknown subject %.200q", subject)
	}
	for _, word := range words[:count] {
		if !IsName(word) {
			return nil, r, fmt.Errorf("unknown name in subject %.200q", subject)
		}
	}
	if r, err = ParseRange(words[count]); err != nil {
		return nil, r, fmt.Errorf("subject %.200q: %w", subject, err)
	}
	return words[:count], r, nil
}

// natural reads a decimal number from 0 to most without sign or leading zeros.
func natural[N int | int64](s string, most N) (N, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > int64(most) || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%.40q is not a number from 0 to %d", s, most)
	}
	return N(n), nil
}

// number reads a header with a natural number.
func number[N int | int64](m Message, header string, most N) (N, error) {
	n, err := natural(m.header(header), most)
	if err != nil {
		return 0, fmt.Errorf("header %s: %w", header, err)
	}
	return n, nil
}

var errLabel = errors.New("a name in its headers is empty or too long")
