package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"multiprocessing/lib/internal/registered"
)

// What a result is, beside the kinds of registered.Failure.
const (
	values    registered.Kind = "values"    // the results of all items
	refused   registered.Kind = "refused"   // the worker does not have the task, or other code for it
	malformed registered.Kind = "malformed" // the worker could not read the chunk
	lost      registered.Kind = "lost"      // as many workers as may try it have begun it, and none ended it
)

// maxFailure is how many bytes the text of a failure, and its stack, may
// have each.
const maxFailure = 64 << 10

// result is what became of a chunk, as it travels to the job's client.
type result struct {
	job          string
	number       int
	kind         registered.Kind
	items        int // values: how many
	worker       string
	clock        string        // see clock.id
	began, ended time.Duration // by that clock
	object       string        // where the payload is if it is not here
	payload      []byte        // values, or the registered.Failure as JSON
}

// failed makes the result of a chunk that has none.
func failed(f *registered.Failure) *result {
	short := *f
	short.Text, short.Stack = cut(f.Text), cut(f.Stack)
	payload, _ := json.Marshal(short) // strings and a number: there is nothing to refuse
	return &result{kind: f.Kind, payload: payload}
}

func cut(s string) string {
	if len(s) > maxFailure {
		s = s[:maxFailure] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

// failure reads what failed has written.
func (r *result) failure() (f registered.Failure, err error) {
	if len(r.payload) > 16*maxFailure {
		return f, errors.New("it is too long")
	}
	if err = json.Unmarshal(r.payload, &f); err != nil {
		return f, err
	}
	if f.Kind = r.kind; f.At < 0 || f.At > maxItems {
		return f, fmt.Errorf("it is of item %d", f.At)
	}
	return f, nil
}

func (r *result) subject() string { return donePrefix + r.job + "." + strconv.Itoa(r.number) }

func (r *result) message() *nats.Msg {
	m := &nats.Msg{Subject: r.subject(), Data: r.payload, Header: nats.Header{
		kindHeader:   {string(r.kind)},
		itemsHeader:  {strconv.Itoa(r.items)},
		workerHeader: {r.worker},
		timesHeader:  {strconv.FormatInt(int64(r.began), 10) + " " + strconv.FormatInt(int64(r.ended), 10)},
		clockHeader:  {r.clock},
	}}
	if r.object != "" {
		m.Header[objectHeader] = []string{r.object}
	}
	return m
}

// parseResult reads what message has written, and believes nothing.
func parseResult(subject string, header nats.Header, payload []byte) (*result, error) {
	names, number, err := place(subject, donePrefix, 1)
	if err != nil {
		return nil, err
	}
	r := &result{job: names[0], number: number, payload: payload,
		kind: registered.Kind(header.Get(kindHeader)), worker: header.Get(workerHeader), clock: header.Get(clockHeader), object: header.Get(objectHeader)}
	if r.items, err = natural(header.Get(itemsHeader), maxItems); err != nil {
		return nil, fmt.Errorf("header %s: %w", itemsHeader, err)
	}
	r.began, r.ended = parseTimes(header.Get(timesHeader))
	switch r.kind {
	case values, refused, malformed, lost, registered.BadInput, registered.Failed, registered.Panicked, registered.NoResult:
	default:
		return nil, fmt.Errorf("header %s: %.40q is no kind of result", kindHeader, r.kind)
	}
	if len(r.worker) > maxLabel || len(r.clock) > maxLabel || len(r.object) > maxLabel || r.object != "" && len(payload) > 0 {
		return nil, errors.New("a name in its headers is too long, or it has both an object and a payload")
	}
	return r, nil
}

// parseTimes reads a beginning and an end that is not before it. It returns
// zeros for anything else: the times are for Trace, and if they are wrong the
// values are right all the same.
func parseTimes(text string) (began, ended time.Duration) {
	first, second, _ := strings.Cut(text, " ")
	from, err := natural(first, int64(math.MaxInt64))
	to, wrong := natural(second, int64(math.MaxInt64))
	if err != nil || wrong != nil || to < from {
		return 0, 0
	}
	return time.Duration(from), time.Duration(to)
}
