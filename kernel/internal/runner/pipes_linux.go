package runner

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// pipes are a program's standard output and standard error, read in the order in which they were written. Each pipe
// has room for one write, so that the next one waits until this one was read, and epoll reports pipes in the order in
// which they have become readable.
type pipes struct {
	out, err pipe
	done     pipe // whose end says that the program has ended
	epoll    int
	wide     bool
	again    *pipe // to be read first
	buffer   []byte
}

type pipe struct {
	reader int // an os.File would have it wait
	writer *os.File
	kind   Kind
	ending bool // it has to be read to its end
}

// What next returns besides the kind of a stream.
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
			p.wide = true // an exact order is not to be had
		}
	}
	return p, nil
}

func (p *pipes) all() []*pipe { return []*pipe{&p.out, &p.err, &p.done} }

// open makes a pipe in which one write is not joined to the one before.
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

// widen gives up the exact order, for a program that prints much.
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

// exited is called when the program has ended.
func (p *pipes) exited() {
	for _, pipe := range p.all() {
		_ = pipe.writer.Close()
	}
}

// next returns what was written next, no text at the end of a stream, or that nothing came for a while; a wait below 0
// has no limit. The text is overwritten by the next call.
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
