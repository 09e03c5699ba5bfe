package complete

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// client is a running language server and the connection to it, for the part of the Language Server Protocol that this
// package needs. Its methods may be called concurrently.
//
// Source: https://microsoft.github.io/language-server-protocol/
type client struct {
	server *exec.Cmd
	in     io.Writer
	closed chan struct{} // closed when the server has exited

	mu      sync.Mutex            // guards last and pending, and serializes writes to in
	last    int                   // id of the last request
	pending map[int]chan response // unanswered requests, by id
}

type response struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// message is any message of the protocol: a request or a notification if it has a method, else a response.
type message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  any              `json:"params,omitempty"`
	Result  json.RawMessage  `json:"result,omitempty"`
	Error   json.RawMessage  `json:"error,omitempty"`
}

// maxMessage limits the bytes of a message from the server.
const maxMessage = 16 << 20

// startServer starts a server that speaks the protocol on its standard input and output. On Linux it has a lower
// priority than other processes, and is killed when this one exits.
func startServer(cmd *exec.Cmd) (*client, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	killWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the language server: %w", err)
	}
	lowerPriority(cmd.Process.Pid)
	c := &client{server: cmd, in: in, closed: make(chan struct{}), pending: map[int]chan response{}}
	go func() {
		defer close(c.closed)
		c.read(out)
		_ = cmd.Process.Kill() // after an invalid message it still runs
		_ = cmd.Wait()
	}()
	return c, nil
}

// close kills the server and waits until it has exited. It sends no shutdown request, which a server that hangs would not
// answer.
func (c *client) close() {
	_ = c.server.Process.Kill()
	<-c.closed
}

// hasExited reports whether the server has exited.
func (c *client) hasExited() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// call sends a request and decodes the response into result.
func (c *client) call(ctx context.Context, method string, params, result any) error {
	answer := make(chan response, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.pending[id] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.pending, id)
	}()
	raw := json.RawMessage(strconv.Itoa(id))
	if err := c.write(message{ID: &raw, Method: method, Params: params}); err != nil {
		return err
	}
	select {
	case r := <-answer:
		if r.Error != nil {
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		return json.Unmarshal(r.Result, result)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case <-c.closed:
		return fmt.Errorf("%s: the language server has exited", method)
	}
}

// notify sends a notification, to which there is no response.
func (c *client) notify(method string, params any) error {
	return c.write(message{Method: method, Params: params})
}

func (c *client) write(m message) error {
	m.Version = "2.0"
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(content), content)
	return err
}

// read handles messages from the server until the connection ends.
func (c *client) read(out io.Reader) {
	reader := bufio.NewReader(out)
	for {
		content, err := readMessage(reader)
		if err != nil {
			return
		}
		var m struct {
			ID     *json.RawMessage
			Method string
			response
		}
		if json.Unmarshal(content, &m) != nil {
			return
		}
		switch {
		case m.Method == "" && m.ID != nil:
			c.answered(*m.ID, m.response)
		case m.ID != nil: // a request from the server: answer null
			if c.write(message{ID: m.ID, Result: json.RawMessage("null")}) != nil {
				return
			}
		}
	}
}

func (c *client) answered(id json.RawMessage, r response) {
	number, err := strconv.Atoi(string(id))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer := c.pending[number]; answer != nil {
		answer <- r
		delete(c.pending, number)
	}
}

// readMessage reads one message: its headers and its body. It uses only the header Content-Length.
func readMessage(reader *bufio.Reader) ([]byte, error) {
	length := -1
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 || length > maxMessage {
		return nil, fmt.Errorf("reading a message of the language server: Content-Length is %d; want 0 to %d", length, maxMessage)
	}
	content := make([]byte, length)
	_, err := io.ReadFull(reader, content)
	return content, err
}
