package wire

import (
	"cmp"
	"math"
	"strconv"
	"time"
)

// Headers of a chunk.
const (
	taskHeader        = "Mp-Task"         // the task's name
	codeHeader        = "Mp-Code"         // the version of the task's code
	maxAttemptsHeader = "Mp-Max-Attempts" // how many workers may begin the chunk
	attemptsHeader    = "Mp-Attempts"     // failed attempts before it was returned to the queue; 0 if missing
	timeoutHeader     = "Mp-Timeout"      // of each attempt, in ns; 0 for none
	maxResultHeader   = "Mp-Max-Result"   // bytes of results that fit into a message
)

// Chunk is a part of a job that one worker runs.
type Chunk struct {
	Queue, Job string
	Range
	Task, Code            string
	MaxAttempts, Attempts int
	Timeout               time.Duration
	MaxResult             int
	Payload               []byte // the encoded items
}

// Message returns the chunk as a message.
func (c *Chunk) Message() Message {
	m := Message{Subject: c.subject(workPrefix, c.Queue, c.Job), Data: c.Payload, Header: map[string][]string{
		taskHeader:        {c.Task},
		codeHeader:        {c.Code},
		maxAttemptsHeader: {strconv.Itoa(c.MaxAttempts)},
		timeoutHeader:     {strconv.FormatInt(int64(c.Timeout), 10)},
		maxResultHeader:   {strconv.Itoa(c.MaxResult)},
	}}
	if c.Attempts > 0 {
		m.Header[attemptsHeader] = []string{strconv.Itoa(c.Attempts)}
	}
	return m
}

// ParseChunk reads a chunk. If only the headers are wrong, it returns the
// chunk with the error, so that the worker can send its client a failure.
func ParseChunk(m Message) (*Chunk, error) {
	names, r, err := parseSubject(m.Subject, workPrefix, 2)
	if err != nil {
		return nil, err
	}
	c := &Chunk{Queue: names[0], Job: names[1], Range: r, Task: m.header(taskHeader), Code: m.header(codeHeader), Payload: m.Data}
	var wrong [4]error
	var timeout int64
	c.MaxAttempts, wrong[0] = number(m, maxAttemptsHeader, MaxAttempts)
	timeout, wrong[1] = number(m, timeoutHeader, int64(math.MaxInt64))
	c.MaxResult, wrong[2] = number(m, maxResultHeader, math.MaxInt32)
	if m.Header[attemptsHeader] != nil {
		c.Attempts, wrong[3] = number(m, attemptsHeader, MaxAttempts)
	}
	c.Timeout = time.Duration(timeout)
	if c.Task == "" || c.MaxAttempts == 0 || len(c.Task) > maxLabel || len(c.Code) > maxLabel {
		err = errLabel
	}
	return c, cmp.Or(cmp.Or(wrong[:]...), err)
}
