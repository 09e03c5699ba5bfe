package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cellCache has files for later cells: packages by setting, sets of imports by their paths. An entry is written whole
// or not at all. Its checksum, at its end, is verified when it is read; a damaged entry is made again. So several
// kernels may share a cache, be killed while they write to it, or have no right to write to it.
//
// The folder below is read as well, but not written: a container image has entries in a folder that the container's user
// may not be able to write to.
type cellCache struct{ folder, below string }

// kind is a kind of entry. It has its own folder, in which the least recently used entries are deleted when the total
// size exceeds most.
type kind struct {
	name string
	most int64 // in bytes
}

var (
	ofPackages   = kind{"packages", 32 << 20}
	ofImportSets = kind{"imports", 32 << 20}
)

// unfinished is the prefix of the names of files that are being written, or that a killed process has left.
const unfinished = ".new-"

func (s cellCache) path(k kind, key string) string { return filepath.Join(s.folder, k.name, key) }

// load returns the entry of that key, if it exists and is whole.
func (s cellCache) load(k kind, key string) (content []byte, ok bool) {
	if content, ok = s.loadHere(k, key); !ok && s.below != "" {
		return cellCache{folder: s.below}.loadHere(k, key)
	}
	return content, ok
}

func (s cellCache) loadHere(k kind, key string) (content []byte, ok bool) {
	path := s.path(k, key)
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	end := len(content) - sha256.Size
	if end < 0 || sha256.Sum256(content[:end]) != [sha256.Size]byte(content[end:]) {
		_ = os.Remove(path)
		return nil, false
	}
	touch(path)
	return content[:end], true
}

// touch marks a file as recently used, so that it is deleted last, and reports whether it exists.
func touch(path string) bool {
	now := time.Now()
	return os.Chtimes(path, now, now) == nil
}

// save stores content under key. An entry that cannot be stored is made again next time.
func (s cellCache) save(k kind, key string, content []byte) error {
	path := s.path(k, key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	if err := writeWhole(path, 0o600, content, sum[:]); err != nil {
		return err
	}
	s.prune(k)
	return nil
}

// writeWhole atomically writes a file that consists of these parts to path.
func writeWhole(path string, mode os.FileMode, parts ...[]byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), unfinished+"*")
	if err != nil {
		return err
	}
	_, err = file.Write(bytes.Join(parts, nil))
	if err = errors.Join(err, file.Chmod(mode), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// prune removes the least recently used entries until the rest is within the kind's size, and old unfinished files.
func (s cellCache) prune(k kind) {
	entries, err := os.ReadDir(filepath.Join(s.folder, k.name))
	if err != nil {
		return
	}
	var infos []os.FileInfo
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // another kernel has removed it
		}
		if strings.HasPrefix(info.Name(), unfinished) && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(s.path(k, info.Name()))
			continue
		}
		infos = append(infos, info)
	}
	slices.SortFunc(infos, func(a, b os.FileInfo) int { // newest first
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	var size int64
	for _, info := range infos {
		if size += info.Size(); size > k.most {
			_ = os.Remove(s.path(k, info.Name()))
		}
	}
}

// place replaces the file at to with the file at from. It uses a link where possible, because a program has several
// megabytes. It deletes the file at to first, because ext4 writes a file that replaces another to disk at once.
func place(from, to string) error {
	_ = os.Remove(to)
	if os.Link(from, to) == nil {
		return nil
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeWhole(to, 0o700, content)
}

// keyOf returns a hash of the parts, for use as a file name.
func keyOf(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		writePart(hash, part)
	}
	return hex.EncodeToString(hash.Sum(nil))[:40]
}
