// Package firstcell says whether set-up has made what a first cell needs. JupyterLab starts before that, and its kernels
// wait.
package firstcell

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"multiprocessing/kernel/internal/inuse"
)

// Stamp is the path of an empty file that set-up writes when a first cell can run. It lies in a folder of the folder in
// which set-up works.
type Stamp string

// Made reports whether a first cell can run.
func (s Stamp) Made() bool {
	_, err := os.Stat(string(s))
	return err == nil
}

// SetUp returns what set-up is doing, as "building GoNB (step 2 of 5)", and whether it runs at all.
func (s Stamp) SetUp() (doing string, runs bool) {
	folder := filepath.Dir(filepath.Dir(string(s)))
	switch release, err := inuse.TryShared(Lock(folder)); {
	case err == nil:
		release()
		return "", false
	case !errors.Is(err, inuse.ErrTaken):
		return "", false
	}
	content, _ := os.ReadFile(doingFile(folder))
	return strings.TrimSpace(string(content)), true
}

// Lock is the path of the lock that a set-up holds which works in folder.
func Lock(folder string) string { return filepath.Join(folder, "set-up.lock") }

func doingFile(folder string) string { return filepath.Join(folder, "set-up.doing") }

// Tell stores what a set-up that works in folder is doing. An empty text removes it.
func Tell(folder, doing string) {
	if doing == "" {
		os.Remove(doingFile(folder))
		return
	}
	_ = os.WriteFile(doingFile(folder), []byte(doing+"\n"), 0o600) // it is for information only
}
