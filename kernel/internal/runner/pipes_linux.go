package runner

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// pipes are a program's standard output and standard error, read in the order in which they were written. Each pipe has
// a capacity of one write, so that the next write waits until the first was read, and epoll reports pipes in the order
// in which they became readable.
type pipes struct {
	out, err pipe
	done     pipe // reaches its end when the program has ended
	epoll    int
	wide     bool
	again    *pipe // the pipe to read next
	buffer   []byte
}

type pipe struct {
	reader int // not an os.File, which would block
	writer *os.File
	kind   Kind
	ending bool // all writers have closed it: read to the end
}

// Results of next besides the kind of a stream.
const (
	nothing      Kind = 0
	programEnded Kind = 1
)

const (
	narrowSize = 4096 // one page, which one write fills
	wideSize   = 64 << 10
)

func newPipes() (*pipes, error) {
	p := &pipes{buffer: make([]byte, wideSize)}
	var err error
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	for i, pipe := range p.all() {
		pipe.kind = []Kind{Stdout, Stderr, programEnded}[i]
		if err := pipe.open(); err != nil {
			return nil, err
		}
		event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(i)}
		if err := unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, pipe.reader, &event); err != nil {
			return nil, os.NewSyscallError("epoll_ctl", err)
		}
		if pipe.resize(narrowSize) != nil {
			p.wide = true // the exact order is not available
		}
	}
	return p, nil
}

func (p *pipes) all() []*pipe { return []*pipe{&p.out, &p.err, &p.done} }

// open makes a pipe that does not merge two writes (O_DIRECT).
func (p *pipe) open() error {
	var ends [2]int
	err := unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_DIRECT)
	if err == nil {
		err = unix.SetNonblock(ends[0], true)
	}
	if err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	p.reader, p.writer = ends[0], os.NewFile(uintptr(ends[1]), "pipe")
	return nil
}

func (p *pipe) resize(size int) error {
	_, err := unix.FcntlInt(p.writer.Fd(), unix.F_SETPIPE_SZ, size)
	return err
}

// widen increases the capacity of the pipes, at the cost of the exact order, for a program that prints much.
func (p *pipes) widen() {
	if p.wide {
		return
	}
	p.wide = true
	for _, pipe := range []*pipe{&p.out, &p.err} {
		_, _ = unix.FcntlInt(pipe.writer.Fd(), unix.F_SETFL, 0)
		_ = pipe.resize(wideSize)
	}
}

// exited closes the writers. It is called when the program has ended.
func (p *pipes) exited() {
	for _, pipe := range p.all() {
		_ = pipe.writer.Close()
	}
}

// next returns the next text and its stream. At the end of a stream it returns nil, and if nothing was written within
// wait, the kind nothing; a negative wait is unlimited. The next call overwrites the text.
func (p *pipes) next(wait time.Duration) (Kind, []byte) {
	limit := -1
	if wait >= 0 {
		limit = int(wait.Milliseconds())
	}
	for {
		if pipe := p.again; pipe != nil {
			n, err := unix.Read(pipe.reader, p.buffer)
			if n <= 0 || !p.wide && !pipe.ending {
				p.again = nil
			}
			if n > 0 {
				return pipe.kind, p.buffer[:n]
			}
			if err == nil {
				return pipe.kind, nil
			}
		}
		var events [1]unix.EpollEvent
		switch n, err := unix.EpollWait(p.epoll, events[:], limit); {
		case err == unix.EINTR:
		case n < 1:
			return nothing, nil
		default:
			p.again = p.all()[events[0].Fd]
			p.again.ending = events[0].Events&unix.EPOLLHUP != 0
		}
	}
}

// drain reads what is left in the pipes.
func (p *pipes) drain(handle func(Kind, []byte)) {
	for _, pipe := range []*pipe{&p.out, &p.err} {
		for left := 2 * wideSize; left > 0; { // another process may go on writing
			n, _ := unix.Read(pipe.reader, p.buffer)
			if n <= 0 {
				break
			}
			handle(pipe.kind, p.buffer[:n])
			left -= n
		}
	}
}
