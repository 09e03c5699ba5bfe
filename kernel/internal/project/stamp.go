package project

import (
	"crypto/sha256"
	"encoding/hex"
)

// Stamp returns a hash of everything that the project was made from.
func (p *Project) Stamp() string {
	h := sha256.New()
	for _, text := range append(p.sources, p.notebook) {
		sum := sha256.Sum256([]byte(text))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
