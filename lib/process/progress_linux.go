package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// newMemory returns a file that exists in memory only.
func newMemory() (*os.File, error) {
	fd, err := unix.MemfdCreate("progress", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "progress"), nil
}
