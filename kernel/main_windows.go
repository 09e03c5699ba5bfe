package main

import (
	"fmt"
	"os"
)

// needsWSL is what every command says on Windows: the kernel needs the signals, sockets and file locks of Unix.
const needsWSL = "kernel: Windows itself is not supported: install WSL with \"wsl --install\", and clone and run the course in it"

func main() {
	fmt.Fprintln(os.Stderr, needsWSL)
	os.Exit(1)
}
