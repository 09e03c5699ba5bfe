//go:build unix

package process

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// progress is memory that a worker shares with the pool. When the worker dies,
// the pool reads there which item it ran. A store to memory costs the worker
// almost nothing; a message per item would.
type progress struct {
	at int // index in the chunk; written by the worker, read when it has ended
}

const progressSize = int(unsafe.Sizeof(progress{}))

// newProgress returns new memory, and its file for the worker.
func newProgress() (*progress, *os.File, error) {
	f, err := newMemory()
	if err != nil {
		return nil, nil, err
	}
	if err = f.Truncate(int64(progressSize)); err == nil {
		var p *progress
		if p, err = openProgress(f); err == nil {
			return p, f, nil
		}
	}
	f.Close()
	return nil, nil, err
}

// openProgress maps the file that newProgress made in another process.
func openProgress(f *os.File) (*progress, error) {
	b, err := unix.Mmap(int(f.Fd()), 0, progressSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return (*progress)(unsafe.Pointer(&b[0])), nil
}

// item returns the index of the last item that the worker ran, of n items.
func (p *progress) item(n int) int {
	if p.at < 0 || p.at >= n {
		return 0 // a task has overwritten this memory
	}
	return p.at
}

func (p *progress) close() {
	if p != nil {
		unix.MunmapPtr(unsafe.Pointer(p), uintptr(progressSize))
	}
}
