// Package wire reads and writes the messages that Jupyter and a kernel exchange: frames that are signed with a key which
// only the two know. What is not signed, not whole or not new is refused.
//
// Only a message's header is taken apart; its other parts stay the JSON that they came as, so that passing one on
// changes nothing in it.
//
// Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"time"
)

// Header is the part of a message that says what it is.
type Header struct {
	ID       string `json:"msg_id"`
	Username string `json:"username"`
	Session  string `json:"session"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Date     string `json:"date"`
}

// Message is a message of the protocol.
type Message struct {
	Identities [][]byte // whom it is from or for; the topic, for what is published
	Header     Header

	// The parts as they were received, or as they are to be sent.
	RawHeader, Parent, Metadata, Content json.RawMessage

	Buffers [][]byte
}

// Key signs messages; an empty one does not.
type Key []byte

var delimiter = []byte("<IDS|MSG>")

// Parse reads a message from its frames. One that is signed, with another part than the header malformed, is returned
// with the error: it can be answered.
func (k Key) Parse(frames [][]byte) (Message, error) {
	at := delimiterIn(frames)
	if at < 0 || len(frames) < at+6 {
		return Message{}, errors.New("malformed: parts are missing")
	}
	parts := frames[at+2 : at+6]
	if len(k) > 0 && !hmac.Equal([]byte(k.sign(parts)), frames[at+1]) {
		return Message{}, errUnsigned
	}
	m := Message{Identities: frames[:at], RawHeader: parts[0], Parent: parts[1], Metadata: parts[2], Content: parts[3], Buffers: frames[at+6:]}
	if err := m.readHeader(); err != nil {
		return Message{}, err
	}
	for i, name := range []string{"header", "parent_header", "metadata", "content"} {
		if !isObject(parts[i]) {
			return m, fmt.Errorf("malformed: %s is not a JSON object", name)
		}
	}
	return m, nil
}

var errUnsigned = errors.New("not signed with the connection's key")

func delimiterIn(frames [][]byte) int {
	return slices.IndexFunc(frames, func(frame []byte) bool { return bytes.Equal(frame, delimiter) })
}

func isObject(part []byte) bool {
	trimmed := bytes.TrimLeft(part, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(part)
}

func (m *Message) readHeader() error {
	if !isObject(m.RawHeader) {
		return errors.New("malformed: the header is not a JSON object")
	}
	if err := json.Unmarshal(m.RawHeader, &m.Header); err != nil {
		return fmt.Errorf("malformed: header: %w", err)
	}
	if m.Header.ID == "" || m.Header.Type == "" {
		return errors.New("malformed: header without msg_id or msg_type")
	}
	return nil
}

// ParentHeader is the header of the message that m answers.
func (m Message) ParentHeader() Header {
	var parent Header
	_ = json.Unmarshal(m.Parent, &parent) // a message without parent has an empty one
	return parent
}

// Frames are what goes over the wire for m.
func (k Key) Frames(m Message) [][]byte {
	parts := [][]byte{m.RawHeader, m.Parent, m.Metadata, m.Content}
	for i, part := range parts {
		if part == nil {
			parts[i] = []byte("{}")
		}
	}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, delimiter, []byte(k.sign(parts)))
	frames = append(frames, parts...)
	return append(frames, m.Buffers...)
}

func (k Key) sign(parts [][]byte) string {
	if len(k) == 0 {
		return ""
	}
	mac := hmac.New(sha256.New, k)
	for _, part := range parts {
		mac.Write(part)
	}
	return hexOf(mac)
}

func hexOf(mac hash.Hash) string { return hex.EncodeToString(mac.Sum(nil)) }

// Version is of the protocol that our own messages follow.
const Version = "5.4"

// New makes a message of a type that answers parent, with content as JSON.
func New(kind, session string, parent Message, content any) Message {
	header := Header{rand.Text(), "kernel", session, kind, Version, time.Now().UTC().Format(time.RFC3339Nano)}
	return Message{Header: header, RawHeader: JSON(header), Parent: parent.RawHeader, Metadata: []byte("{}"), Content: JSON(content)}
}

// JSON is value as JSON. It panics for what has none, which is a mistake in the program.
func JSON(value any) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic("wire: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
