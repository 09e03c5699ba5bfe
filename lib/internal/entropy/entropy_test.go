package entropy

import "testing"

func TestEachReadGivesOtherBytes(t *testing.T) {
	seen := map[[32]byte]bool{{}: true}
	for range 100 {
		var b [32]byte
		if Read(b[:]); seen[b] {
			t.Fatalf("%x came twice, or is empty", b)
		}
		seen[b] = true
	}
}
