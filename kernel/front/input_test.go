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

// readers are cells that read, with what they show if the reader types "a b" and then ends the input, and if no reader can
// answer.
var readers = []struct{ code, typed, nobody string }{
	{"%%\nvar s, u string\nn, err := fmt.Scanln(&s, &u)\nfmt.Println(n, s, u, err)", "2 a b <nil>\n", "0   EOF\n"},
	{"%%\ntext, err := io.ReadAll(os.Stdin)\nfmt.Printf(\"%q %v\", text, err)", "\"a b\\n\" <nil>", "\"\" <nil>"},
	{"%%\ns := bufio.NewScanner(os.Stdin)\nfor s.Scan() {\n\tfmt.Println(s.Text())\n}\nfmt.Println(\"end\")", "a b\nend\n", "end\n"},
	{"%%\ncmd := exec.Command(\"cat\")\ncmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout\nfmt.Println(cmd.Run())", "a b\n<nil>\n", "<nil>\n"},
	{"!cat", "a b\n", ""},
	{"!read x; echo got $x", "got a b\n", "got\n"},
	{"!cat | tr a-z A-Z", "A B\n", ""},
	{"!cat /dev/stdin", "a b\n", ""},
}

func TestInputComesFromTheReader(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	for i, test := range readers {
		t.Run(test.code, func(t *testing.T) {
			was := c.t
			c.t = t
			defer func() { c.t = was }()
			r := c.send(test.code)
			if m := c.answerInput("a b"); m.Header.Type != "input_request" || m.ParentHeader().ID != r.id {
				t.Errorf("asked %s %s", m.Header.Type, m.Content)
			}
			if !strings.Contains(test.code, "Scanln") && !strings.Contains(test.code, "read x") {
				c.answerInput([]string{"^D", "\x04"}[i%2]) // as a reader types it, and as a console sends Ctrl-D
			}
			c.wait(r).wantOK(test.typed)
			c.execute(test.code, "no allow_stdin").wantOK(test.nobody)
		})
	}
}
