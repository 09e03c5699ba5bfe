//go:build !unix

package process

import "testing"

func playParent(string) {}

func TestNewPoolSaysThatItCannotWorkHere(t *testing.T) {
	if _, err := NewPool(t.Context(), 1); err == nil {
		t.Error("no error")
	}
}
