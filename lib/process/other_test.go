//go:build !unix

package process

import "testing"

func playParent(string) {}

func TestNewPoolSaysThatItCannotWorkHere(t *testing.T) {
	if _, err := NewPool(1); err == nil {
		t.Error("no error")
	}
}
