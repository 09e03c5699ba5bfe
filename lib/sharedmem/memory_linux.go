package sharedmem

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// newMemory makes a file of zeros that is only memory (memfd) and is in no
// folder: it is gone when the last process that has it closes it or ends. It
// is sealed, so that nobody can make it shorter, which would kill whoever
// uses the memory behind the new end.
func newMemory(size int64) (f *os.File, path string, remove func(), err error) {
	fd, err := unix.MemfdCreate("sharedmem", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, "", nil, os.NewSyscallError("memfd_create", err)
	}
	f = os.NewFile(uintptr(fd), "sharedmem")
	err = f.Truncate(size)
	if err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err != nil {
		f.Close()
		return nil, "", nil, fmt.Errorf("%d bytes of memory: %w", size, err)
	}
	return f, pathOf(f), func() {}, nil
}

// pathOf is where other processes of the same user can open the file, while
// this process lives and has it open.
func pathOf(f *os.File) string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd()) }
