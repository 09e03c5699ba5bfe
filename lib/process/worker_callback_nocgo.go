//go:build !cgo

package process

// watchCallbacks has nothing to watch: without cgo there is no C code.
func (s *identity) watchCallbacks() {}
