package main

import (
	"strings"
	"testing"

	"multiprocessing/kernel/internal/wire"
)

// answerInput answers the next question with a value, and returns the question.
func (c *client) answerInput(value string) wire.Message {
	c.t.Helper()
	frames, err := c.stdin.Read()
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := c.key.Parse(frames)
	if err != nil {
		c.t.Fatal(err)
	}
	reply := wire.New("input_reply", c.session, m, map[string]string{"value": value})
	if err := c.stdin.Write(c.key.Frames(reply)); err != nil {
		c.t.Fatal(err)
	}
	return m
}

func asksForInput(t *testing.T, c *client) {
	for command, password := range map[string]string{"%with_inputs": "false", "%with_password": "true"} {
		r := c.send(command + "\n!read x; echo got $x")
		m := c.answerInput("a word")
		if m.Header.Type != "input_request" || !strings.Contains(string(m.Content), `"password":`+password) || m.ParentHeader().ID != r.id {
			t.Errorf("%s: asked %s %s", command, m.Header.Type, m.Content)
		}
		c.wait(r).wantOK("got a word\n")
	}
}

func doesNotAskWhoCannotAnswer(t *testing.T, c *client) {
	if r := c.execute("%with_inputs\n!read x; echo got $x", "no allow_stdin"); !strings.HasPrefix(r.said(), "NoInput: ") {
		t.Errorf("status %s, %s", r.status(), r.said())
	}
}
