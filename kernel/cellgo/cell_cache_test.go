package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestAStoreRemovesWhatServedLongestAgo(t *testing.T) {
	s := cellCache{folder: t.TempDir()}
	few := kind{"few", 3500}
	for i := range 3 {
		if err := s.save(few, fmt.Sprint(i), bytes.Repeat([]byte{byte(i)}, 1000)); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(time.Duration(i-10) * time.Minute)
		if err := os.Chtimes(s.path(few, fmt.Sprint(i)), when, when); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := s.load(few, "0"); !ok { // the oldest serves once more
		t.Fatal("an entry is gone while there is room")
	}
	if err := s.save(few, "3", make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]bool{"0": true, "1": false, "2": true, "3": true} {
		if _, ok := s.load(few, key); ok != want {
			t.Errorf("%s is there: %v, want %v", key, ok, want)
		}
	}
}

func TestAnEntryThatWasCutOffIsNone(t *testing.T) {
	s := cellCache{folder: t.TempDir()}
	if err := s.save(ofImportSets, "a", []byte("content")); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{38, 10, 0} {
		if err := os.Truncate(s.path(ofImportSets, "a"), size); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if _, ok := s.load(ofImportSets, "a"); ok {
			t.Errorf("of %d bytes it is there", size)
		}
	}
}

func TestWhatAKilledKernelWasWritingIsRemovedLater(t *testing.T) {
	s := cellCache{folder: t.TempDir()}
	if err := s.save(ofImportSets, "a", nil); err != nil {
		t.Fatal(err)
	}
	left, writing := s.path(ofImportSets, unfinished+"1"), s.path(ofImportSets, unfinished+"2")
	write(t, left, "x")
	write(t, writing, "x")
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.save(ofImportSets, "b", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("an old unfinished file stays")
	}
	if _, err := os.Stat(writing); err != nil {
		t.Error("a file that is being written is removed")
	}
}

func TestWhatIsBelowIsReadAndNeverWritten(t *testing.T) {
	below := cellCache{folder: t.TempDir()}
	s := cellCache{folder: filepath.Join(t.TempDir(), "own"), below: below.folder}
	if err := below.save(ofImportSets, "a", []byte("below")); err != nil {
		t.Fatal(err)
	}
	before := entriesOf(t, below.folder)
	if content, ok := s.load(ofImportSets, "a"); !ok || string(content) != "below" {
		t.Errorf("it loads %q, %v", content, ok)
	}
	if err := errors.Join(s.save(ofImportSets, "a", []byte("own")), s.save(ofImportSets, "b", nil)); err != nil {
		t.Fatal(err)
	}
	if content, ok := s.load(ofImportSets, "a"); !ok || string(content) != "own" {
		t.Errorf("after it was saved anew it loads %q, %v", content, ok)
	}
	if after := entriesOf(t, below.folder); !slices.Equal(after, before) {
		t.Errorf("below there is %q, want %q", after, before)
	}
}

func entriesOf(t *testing.T, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
