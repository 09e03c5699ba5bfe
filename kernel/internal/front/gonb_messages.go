package front

import (
	"errors"
	"runtime"
	"strings"

	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// read makes the loop handle the messages that GoNB sends on a socket, until it is closed.
func (f *front) read(conn *zmtp.Conn, handle func(wire.Message)) {
	for {
		frames, err := conn.Read()
		if errors.As(err, new(zmtp.TooLarge)) {
			f.post(func() { f.tooLarge(frames) })
			continue
		}
		if err != nil {
			return // GoNB is gone: see watchBackend
		}
		m, err := f.key.Parse(frames)
		if err != nil {
			f.log.Printf("from GoNB: %v", err)
			continue
		}
		f.post(func() { handle(m) })
	}
}

// published handles a message on GoNB's iopub socket.
func (f *front) published(m wire.Message) {
	parent := m.ParentHeader()
	switch {
	case parent.ID == probeID:
		f.probe.published = true
		f.probed()
	case f.running != nil && parent.ID == f.running.Header.ID:
		f.cellPublished(f.running, m)
	case m.Header.Type == "status":
		// The status of a cell that has ended: its idle has been sent.
	default: // output after the cell has ended, or a message of a comm
		f.pass(m, wire.Message{RawHeader: m.Parent})
	}
}

// replied handles GoNB's replies.
func (f *front) replied(m wire.Message) {
	parent := m.ParentHeader()
	switch {
	case m.Header.Type == "kernel_info_reply" && parent.ID == probeID:
		f.probe.replied = true
		f.probed()
	case m.Header.Type == "execute_reply" && f.running != nil && parent.ID == f.running.Header.ID:
		f.running.reply = m.Content
		f.finish()
	}
}

// kernelInfo returns the content of a kernel_info_reply. GoNB's own would name a version of 2023 and no lexer for Go.
func (f *front) kernelInfo() map[string]any {
	version := strings.TrimPrefix(gonb.Version(f.backend.gonb), "v")
	return map[string]any{
		"status": "ok", "protocol_version": wire.Version, "supported_features": []string{},
		"implementation": "gonb", "implementation_version": version, "banner": strings.TrimSpace("Go, by GoNB " + version),
		"language_info": map[string]string{
			"name": "go", "version": runtime.Version(), "mimetype": "text/x-go", "file_extension": ".go", "pygments_lexer": "go",
		},
		"help_links": []map[string]string{
			{"text": "Go", "url": "https://go.dev/doc/"}, {"text": "GoNB", "url": "https://github.com/janpfeifer/gonb"},
		},
	}
}
