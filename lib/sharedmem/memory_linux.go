package sharedmem

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// newMemory makes a file of zeros that exists in memory only (memfd). It is
// freed when the last process that uses it closes it or ends. It is sealed, so
// that no process can shorten it: that would kill a process that accesses the
// memory beyond the new end.
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

// pathOf returns the path by which other processes of the same user can open
// the file, as long as this process has it open.
func pathOf(f *os.File) string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd()) }
