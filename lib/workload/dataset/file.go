package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// File returns the path of the CSV with this seed and so many rows, and
// makes it if it is not there: in the course's folder of the user's cache,
// where the next cell finds it again. It may be deleted at any time. Many
// may call File at once, from many processes. It panics if rows is below 0.
func File(seed uint64, rows int) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("dataset: finding the cache folder: %w; set HOME or XDG_CACHE_HOME, or use FileIn", err)
	}
	return FileIn(filepath.Join(cache, "multiprocessing", "data"), seed, rows)
}

// FileIn is File in a folder of your own, which it makes if need be.
func FileIn(folder string, seed uint64, rows int) (string, error) {
	mustNotBeNegative("FileIn", rows)
	path := filepath.Join(folder, fmt.Sprintf("sales-seed%d-rows%d.csv", seed, rows))
	if complete(path, rows) {
		return path, nil
	}
	if err := create(path, seed, rows); err != nil {
		return "", fmt.Errorf("dataset: making the data: %w; make the folder writable, or name another to FileIn", err)
	}
	return path, nil
}

// complete reports whether the file is there and ends with its last row.
func complete(path string, rows int) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return false
	}
	end := make([]byte, min(size, 100)) // longer than any row
	if _, err := f.ReadAt(end, size-int64(len(end))); err != nil {
		return false
	}
	text, ended := strings.CutSuffix("\n"+string(end), "\n")
	last := text[strings.LastIndexByte(text, '\n')+1:]
	if rows == 0 {
		return ended && last+"\n" == header
	}
	return ended && strings.HasPrefix(last, fmt.Sprint(rows, ","))
}

// create writes to another name first, so that nobody ever sees half a file.
func create(path string, seed uint64, rows int) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "half-*.csv")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // of no effect after the renaming
	if err := errors.Join(Write(f, seed, rows), f.Close()); err != nil {
		return err
	}
	err = os.Rename(f.Name(), path)
	if err != nil && complete(path, rows) {
		return nil // where an open file cannot be replaced: another was faster
	}
	return err
}
