package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"multiprocessing/kernel/internal/folder"
)

// part is a folder of the cache. It is valid only if its stamp file exists.
type part struct {
	folder string
	stamp  string
}

// part returns the part called kind, named after a hash of the module's files and the words.
func (e *Environment) part(kind string, files []string, words ...string) (part, error) {
	hash := sha256.New()
	for _, name := range files {
		content, err := os.ReadFile(filepath.Join(e.Module, name))
		if err != nil {
			return part{}, fmt.Errorf("reading what set-up depends on: %w; is the checkout whole?", err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", name, len(content), content)
	}
	for _, word := range words {
		fmt.Fprintf(hash, "%q\n", word)
	}
	name := kind + "-" + hex.EncodeToString(hash.Sum(nil))[:12]
	folder := filepath.Join(e.Parts, name)
	if _, err := os.Stat(folder); err != nil {
		folder = filepath.Join(e.workshop(), name)
	}
	return part{folder, filepath.Join(folder, ".complete")}, nil
}

// workshop returns the folder for missing parts: that of the others, or the user's cache if that is read-only, for example
// in the image.
func (e *Environment) workshop() string {
	if e.prepared() && folder.Writable(e.Parts) != nil {
		return e.Cache
	}
	return e.Parts
}

// within returns a part in a folder that it shares with others.
func (p part) within(name string) part {
	return part{p.folder, filepath.Join(p.folder, "."+name+"-complete")}
}

// step returns the step that makes the part.
func (p part) step(name, doing string, make func(ctx context.Context, folder string) error) step {
	return step{name, doing, p.complete, func(ctx context.Context) error {
		return p.make(func(folder string) error { return make(ctx, folder) })
	}}
}

func (p part) complete() bool {
	_, err := os.Stat(p.stamp)
	return err == nil
}

// make calls do with the part's folder and writes the stamp when do succeeds.
func (p part) make(do func(folder string) error) error {
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return cacheError(p.folder, err)
	}
	if err := do(p.folder); err != nil {
		return err
	}
	return os.WriteFile(p.stamp, nil, 0o600)
}
