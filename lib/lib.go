// Package lib knows which version of this library a program was built from.
// Two programs with the same version have the same code in every package
// below, whatever else they are made of: a notebook's cell and a worker that
// were built from the same checkout, say.
//
// The version is a hash of the sources, which every program that imports this
// package carries within it (1 MB). Neither a version number nor the commit
// would do: one forgets uncommitted changes, and `go run` and notebook cells
// are built without the other.
package lib

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed */*.go */*/*.go */*/*/*.go
var sources embed.FS

// Version is 12 hexadecimal digits. Tests do not count.
var Version = sync.OnceValue(func() string {
	hash := sha256.New()
	fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := sources.ReadFile(path)
		fmt.Fprintf(hash, "%s %d\n", path, len(text))
		hash.Write(text)
		return err
	})
	return fmt.Sprintf("%x", hash.Sum(nil)[:6])
})
