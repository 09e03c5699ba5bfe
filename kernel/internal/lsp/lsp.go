// Package lsp asks a language server: as much of the Language Server Protocol as completing and explaining Go takes.
//
// Source: https://microsoft.github.io/language-server-protocol/
package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// Client is a language server and the connection to it. Its methods may be called at the same time.
type Client struct {
	server *exec.Cmd
	in     io.Writer
	closed chan struct{} // when it has ended

	mu      sync.Mutex
	last    int                   // id of the last request; guarded by mu, as is what follows
	pending map[int]chan response // calls that wait for their answer
}

type response struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// message is any message of the protocol: with a method it is a request or a notification, without one an answer.
type message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  any              `json:"params,omitempty"`
	Result  json.RawMessage  `json:"result,omitempty"`
	Error   json.RawMessage  `json:"error,omitempty"`
}

// messageLimit is more than a server has to say of a cell.
const messageLimit = 16 << 20

// Start starts a server that is asked on its standard input and answers on its standard output. On Linux it works with a
// lower priority than others, and ends with the process that started it.
func Start(cmd *exec.Cmd) (*Client, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	endWithUs(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the language server: %w", err)
	}
	standBack(cmd.Process.Pid)
	c := &Client{server: cmd, in: in, closed: make(chan struct{}), pending: map[int]chan response{}}
	go func() {
		defer close(c.closed)
		c.read(out)
		_ = cmd.Process.Kill() // if it has said what is no message
		_ = cmd.Wait()
	}()
	return c, nil
}

// Close ends the server and waits until it has ended. Nothing is asked of it: it may hang.
func (c *Client) Close() {
	_ = c.server.Process.Kill()
	<-c.closed
}

// Closed tells whether the connection has ended.
func (c *Client) Closed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// Call asks the server and decodes its answer into result.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
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
		return fmt.Errorf("%s: the server has ended", method)
	}
}

// Notify tells the server something to which there is no answer.
func (c *Client) Notify(method string, params any) error {
	return c.write(message{Method: method, Params: params})
}

func (c *Client) write(m message) error {
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

// read handles what the server says, until it ends.
func (c *Client) read(out io.Reader) {
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
		case m.ID != nil: // what a server asks of an editor: it has no wishes
			if c.write(message{ID: m.ID, Result: json.RawMessage("null")}) != nil {
				return
			}
		}
	}
}

func (c *Client) answered(id json.RawMessage, r response) {
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

// readMessage reads headers, of which the length counts, and what they are of.
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
	if length < 0 || length > messageLimit {
		return nil, errors.New("lsp: a message without a length, or too long")
	}
	content := make([]byte, length)
	_, err := io.ReadFull(reader, content)
	return content, err
}
