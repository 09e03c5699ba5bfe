//go:build unix && !linux

package main

// hasAttributes reports no extended attributes: only on Linux they are kept.
func hasAttributes(string) bool { return false }
