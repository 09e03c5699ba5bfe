package main

import (
	"testing"
)

// BenchmarkMessage measures what the front adds to a message: a command that prints nothing, through the front and to
// GoNB alone.
func BenchmarkMessage(b *testing.B) {
	if testing.Short() {
		b.Skip("needs the set-up")
	}
	for name, through := range map[string]bool{"front": true, "GoNB alone": false} {
		b.Run(name, func(b *testing.B) {
			c := benchmarkKernel(b, through)
			for b.Loop() {
				c.execute("%cd")
			}
		})
	}
}

// benchmarkKernel starts a kernel, or GoNB as the kernel that it would be without a front.
func benchmarkKernel(b *testing.B, through bool) *client {
	c := newClient(b, setUp(b))
	if !through {
		c.withoutFront()
	}
	c.start()
	return c
}
