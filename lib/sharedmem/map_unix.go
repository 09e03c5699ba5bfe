//go:build unix

package sharedmem

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openMemory opens the file that newMemory made in another process. The path
// may refer to something else by now; O_NONBLOCK prevents open from waiting on
// a pipe.
func openMemory(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "open", Path: path, Err: os.ErrInvalid}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func mapMemory(f *os.File, size int) ([]byte, error) {
	b, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return b, os.NewSyscallError("mmap", err)
}

func unmapMemory(b []byte) { unix.Munmap(b) }

// lockFile waits for the operating system's lock on a file. The lock belongs to
// this open file description, and is released when it is closed.
func lockFile(f *os.File) error { return flock(f, unix.LOCK_EX) }

func unlockFile(f *os.File) error { return flock(f, unix.LOCK_UN) }

// flock calls flock(2). SyscallConn keeps the file open while it waits.
func flock(f *os.File, how int) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if failed = unix.Flock(int(fd), how); failed != unix.EINTR {
				return
			}
		}
	})
	return errors.Join(err, os.NewSyscallError("flock", failed))
}
