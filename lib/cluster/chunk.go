package cluster

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// What a message may claim at most. Whoever may write to the streams is let
// in, but need not be right.
const (
	maxItems  = 1 << 24   // in a chunk
	maxTries  = 100       // of a chunk
	maxLabel  = 256       // bytes of a name
	maxObject = 256 << 20 // bytes of a chunk, or of its results, that do not fit into a message
)

// Subjects: of a chunk, below its queue and job, and of its result.
const (
	workPrefix = "mp.work."
	donePrefix = "mp.done."
)

// Headers of messages.
const (
	taskHeader   = "Mp-Task"   // chunk: the task's name
	codeHeader   = "Mp-Code"   // chunk: the task's code, see codeOf
	itemsHeader  = "Mp-Items"  // both: how many values
	triesHeader  = "Mp-Tries"  // chunk: how many workers may try it
	limitHeader  = "Mp-Limit"  // chunk: time limit of each attempt, in ns; 0 without
	begunHeader  = "Mp-Begun"  // chunk: failed attempts before it was returned to the queue; 0 if missing
	objectHeader = "Mp-Object" // both: the object that holds the values, if the message does not
	kindHeader   = "Mp-Kind"   // result: what it is
	workerHeader = "Mp-Worker" // result: whose it is
	timesHeader  = "Mp-Times"  // result: when the worker began and ended, in ns by its clock
	clockHeader  = "Mp-Clock"  // result: which clock that is
)

// tokens are what jobs and queues may be called: they are parts of subjects.
var token = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// newName is a name that nobody else has.
func newName() string { return rand.Text() }

// chunk is a piece of a job, as it travels to a worker.
type chunk struct {
	queue, job string
	number     int
	task, code string
	items      int
	tries      int
	limit      time.Duration
	begun      int    // failed attempts
	object     string // where the payload is if it is not here
	payload    []byte
}

func (c *chunk) subject() string {
	return workPrefix + c.queue + "." + c.job + "." + strconv.Itoa(c.number)
}

func (c *chunk) message() *nats.Msg {
	m := &nats.Msg{Subject: c.subject(), Data: c.payload, Header: nats.Header{
		taskHeader:  {c.task},
		codeHeader:  {c.code},
		itemsHeader: {strconv.Itoa(c.items)},
		triesHeader: {strconv.Itoa(c.tries)},
		limitHeader: {strconv.FormatInt(int64(c.limit), 10)},
	}}
	if c.object != "" {
		m.Header[objectHeader] = []string{c.object}
	}
	if c.begun > 0 {
		m.Header[begunHeader] = []string{strconv.Itoa(c.begun)}
	}
	return m
}

// place reads job and number from the end of a subject.
func place(subject, prefix string, names int) (parts []string, number int, err error) {
	rest, ok := strings.CutPrefix(subject, prefix)
	parts = strings.Split(rest, ".")
	if !ok || len(parts) != names+1 {
		return nil, 0, fmt.Errorf("its subject %.200q is none of ours", subject)
	}
	for _, name := range parts[:names] {
		if !token.MatchString(name) {
			return nil, 0, fmt.Errorf("its subject %.200q has a name that is none of ours", subject)
		}
	}
	number, err = natural(parts[names], math.MaxInt32)
	if err != nil {
		return nil, 0, fmt.Errorf("its subject %.200q ends in no number", subject)
	}
	return parts[:names], number, nil
}

// natural reads a number from 0 to most, written in one way only.
func natural[N int | int64](s string, most N) (N, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > int64(most) || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%.40q is no number from 0 to %d", s, most)
	}
	return N(n), nil
}

// parseChunk reads what message has written, and believes nothing. A chunk
// whose place could be read is returned with the error, so that its job can
// be told.
func parseChunk(subject string, header nats.Header, payload []byte) (*chunk, error) {
	names, number, err := place(subject, workPrefix, 2)
	if err != nil {
		return nil, err
	}
	c := &chunk{queue: names[0], job: names[1], number: number, payload: payload,
		task: header.Get(taskHeader), code: header.Get(codeHeader), object: header.Get(objectHeader)}
	if c.items, err = natural(header.Get(itemsHeader), maxItems); err != nil {
		return c, fmt.Errorf("header %s: %w", itemsHeader, err)
	}
	if c.tries, err = natural(header.Get(triesHeader), maxTries); err != nil {
		return c, fmt.Errorf("header %s: %w", triesHeader, err)
	}
	limit, err := natural(header.Get(limitHeader), int64(math.MaxInt64))
	if err != nil {
		return c, fmt.Errorf("header %s: %w", limitHeader, err)
	}
	c.limit = time.Duration(limit)
	if begun := header.Get(begunHeader); begun != "" {
		if c.begun, err = natural(begun, maxTries); err != nil {
			return c, fmt.Errorf("header %s: %w", begunHeader, err)
		}
	}
	switch {
	case c.task == "" || len(c.task) > maxLabel || len(c.code) > maxLabel || len(c.object) > maxLabel:
		return c, errors.New("a name in its headers is empty or too long")
	case c.items == 0 || c.tries == 0:
		return c, errors.New("it has no items or no tries")
	case c.object != "" && len(payload) > 0:
		return c, errors.New("it has both an object and a payload")
	}
	return c, nil
}
