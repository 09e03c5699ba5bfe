//go:build !linux

package lsp

import "net"

// standBack does nothing here: a cell that is built while a server loads a module waits a little.
func standBack(net.Conn) {}
