package main

import (
	"fmt"
	"os"
	"syscall"
)

// become replaces this process with the go command at path.
func become(path string, args []string) error {
	err := syscall.Exec(path, append([]string{path}, args...), os.Environ())
	return fmt.Errorf("starting the go command %s: %w; run \"go run ./kernel doctor\"", path, err)
}
