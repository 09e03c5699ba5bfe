//go:build !unix

package sharedmem

import (
	"fmt"
	"os"
	"runtime"
)

func unsupported() error {
	return fmt.Errorf("memory between processes is not supported on %s; use Locked, Atomic or Sharded in one process", runtime.GOOS)
}

func newMemory(int64) (*os.File, string, func(), error) { return nil, "", nil, unsupported() }
func openMemory(string) (*os.File, error)               { return nil, unsupported() }
func pathOf(f *os.File) string                          { return f.Name() }
func mapMemory(*os.File, int) ([]byte, error)           { return nil, unsupported() }
func unmapMemory([]byte)                                {}
func lockFile(*os.File) error                           { return unsupported() }
func unlockFile(*os.File) error                         { return unsupported() }
