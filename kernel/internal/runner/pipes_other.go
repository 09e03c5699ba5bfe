//go:build unix && !linux

package runner

import (
	"os"
	"time"
)

// pipes are a program's standard output and standard error. Writes to both within microseconds may be read in the wrong
// order.
type pipes struct {
	out, err pipe
	chunks   chan chunk
	done     chan struct{}
}

type pipe struct{ reader, writer *os.File }

type chunk struct {
	kind Kind
	text []byte
}

// Results of next besides the kind of a stream.
const (
	nothing      Kind = 0
	programEnded Kind = 1
)

const drainTime = 50 * time.Millisecond

func newPipes() (p *pipes, err error) {
	p = &pipes{chunks: make(chan chunk), done: make(chan struct{})}
	for kind, pipe := range map[Kind]*pipe{Stdout: &p.out, Stderr: &p.err} {
		if pipe.reader, pipe.writer, err = os.Pipe(); err != nil {
			return nil, err
		}
		go func() {
			for {
				text := make([]byte, 32<<10)
				n, err := pipe.reader.Read(text)
				if n > 0 {
					p.chunks <- chunk{kind, text[:n]}
				}
				if err != nil {
					p.chunks <- chunk{kind, nil}
					return
				}
			}
		}()
	}
	return p, nil
}

func (p *pipes) widen() {}

// exited closes the writers. It is called when the program has ended.
func (p *pipes) exited() {
	_ = p.out.writer.Close()
	_ = p.err.writer.Close()
	close(p.done)
}

// next returns the next text and its stream. At the end of a stream it returns nil, and if nothing was written within
// wait, the kind nothing; a negative wait is unlimited.
func (p *pipes) next(wait time.Duration) (Kind, []byte) {
	var limit <-chan time.Time
	if wait >= 0 {
		limit = time.After(wait)
	}
	select {
	case c := <-p.chunks:
		return c.kind, c.text
	case <-limit:
		return nothing, nil
	case <-p.done:
		p.done = nil
		return programEnded, nil
	}
}

// drain reads what is left in the pipes.
func (p *pipes) drain(handle func(Kind, []byte)) {
	for {
		kind, text := p.next(drainTime)
		if kind == nothing {
			return
		}
		handle(kind, text)
	}
}
