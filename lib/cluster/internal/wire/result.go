package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"multiprocessing/lib/internal/registered"
)

// Headers of a result.
const (
	kindHeader   = "Mp-Kind"   // see Result.Kind
	workerHeader = "Mp-Worker" // the worker's name
	timesHeader  = "Mp-Times"  // when the worker began and ended, in ns by its clock
	clockHeader  = "Mp-Clock"  // which clock that is
)

// Kinds of a result, besides those of registered.Failure.
const (
	Values    registered.Kind = "values"    // the encoded results of all items of the range
	Refused   registered.Kind = "refused"   // the worker does not have the task, or has other code for it
	Malformed registered.Kind = "malformed" // the worker could not read the chunk
	TooLarge  registered.Kind = "too large" // one of the results does not fit into a message
	Lost      registered.Kind = "lost"      // the chunk reached its maximum number of attempts
)

// maxFailure limits the text and the stack of a failure, in bytes each.
const maxFailure = 64 << 10

// Result is the outcome of a chunk, or of a part of it.
type Result struct {
	Job string
	Range
	Kind         registered.Kind
	Worker       string
	Clock        string        // names the worker's clock
	Began, Ended time.Duration // by that clock
	Payload      []byte        // encoded results, or the failure as JSON
}

// Failed returns the result of a chunk that failed.
func Failed(f *registered.Failure) *Result {
	short := *f
	short.Text, short.Stack = cut(f.Text), cut(f.Stack)
	payload, _ := json.Marshal(short) // strings, bytes and numbers always encode
	return &Result{Kind: f.Kind, Payload: payload}
}

func cut(s string) string {
	if len(s) > maxFailure {
		s = s[:maxFailure] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

// Failure reads what Failed has written.
func (r *Result) Failure() (f registered.Failure, err error) {
	if len(r.Payload) > 16*maxFailure {
		return f, fmt.Errorf("a failure of %d bytes is too long", len(r.Payload))
	}
	if err = json.Unmarshal(r.Payload, &f); err != nil {
		return f, err
	}
	if f.Kind = r.Kind; f.At < 0 || f.At >= r.Len() {
		return f, fmt.Errorf("the failure is of item %d, of %d", f.At, r.Len())
	}
	return f, nil
}

// Subject returns the subject of the result.
func (r *Result) Subject() string { return r.subject(donePrefix, r.Job) }

// Message returns the result as a message.
func (r *Result) Message() Message {
	return Message{Subject: r.Subject(), Data: r.Payload, Header: map[string][]string{
		kindHeader:   {string(r.Kind)},
		workerHeader: {r.Worker},
		timesHeader:  {strconv.FormatInt(int64(r.Began), 10) + " " + strconv.FormatInt(int64(r.Ended), 10)},
		clockHeader:  {r.Clock},
	}}
}

// ParseResult reads a result.
func ParseResult(m Message) (*Result, error) {
	names, items, err := parseSubject(m.Subject, donePrefix, 1)
	if err != nil {
		return nil, err
	}
	r := &Result{Job: names[0], Range: items, Payload: m.Data,
		Kind: registered.Kind(m.header(kindHeader)), Worker: m.header(workerHeader), Clock: m.header(clockHeader)}
	r.Began, r.Ended = parseTimes(m.header(timesHeader))
	if len(r.Kind) == 0 || len(r.Kind) > maxLabel || len(r.Worker) > maxLabel || len(r.Clock) > maxLabel {
		return nil, errLabel
	}
	return r, nil
}

// parseTimes reads a beginning and an end that is not before it. It returns
// zeros for anything else: the times only serve the trace, and a result with
// wrong times is still right.
func parseTimes(text string) (began, ended time.Duration) {
	first, second, _ := strings.Cut(text, " ")
	from, err := natural(first, int64(math.MaxInt64))
	to, err2 := natural(second, int64(math.MaxInt64))
	if errors.Join(err, err2) != nil || to < from {
		return 0, 0
	}
	return time.Duration(from), time.Duration(to)
}
