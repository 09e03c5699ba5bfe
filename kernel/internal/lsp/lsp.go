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
	"net"
	"strconv"
	"strings"
	"sync"
)

// Client is a connection to a language server. Its methods may be called at the same time.
type Client struct {
	conn   net.Conn
	closed chan struct{} // when nothing more is read

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

// Dial connects to a server that listens on a Unix socket or a TCP address. One on a Unix socket works with a lower
// priority from then on, on Linux.
func Dial(ctx context.Context, network, address string) (*Client, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	standBack(conn)
	c := &Client{conn: conn, closed: make(chan struct{}), pending: map[int]chan response{}}
	go c.read()
	return c, nil
}

// Close ends the connection and waits until nothing more is read from it.
func (c *Client) Close() {
	c.conn.Close()
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
	_, err = fmt.Fprintf(c.conn, "Content-Length: %d\r\n\r\n%s", len(content), content)
	return err
}

func (c *Client) read() {
	defer close(c.closed)
	defer c.conn.Close()
	reader := bufio.NewReader(c.conn)
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
