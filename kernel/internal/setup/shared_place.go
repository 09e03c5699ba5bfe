package setup

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"multiprocessing/kernel/internal/reason"
)

// A shared place is the folder PREFIX/lib/multiprocessing of the kernels that were installed for every user. Each version
// of the course has its own folder there, named after a hash of its inputs. It holds all that the kernel reads: the
// course's packages, tools, compiled packages, modules and Python. Only its owner can write to it; what a user writes goes
// into that user's cache (package usercache). A version never changes, so that an update does not disturb kernels that run.
func sharedPlace(prefix string) (string, error) {
	return resolve(filepath.Join(prefix, "lib", modulePath))
}

// resolve returns path without links, also if the last part of it does not exist yet.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	above := existing(path)
	real, err := filepath.EvalSymlinks(above)
	if err != nil {
		return "", err
	}
	return filepath.Join(real, strings.TrimPrefix(path, above)), nil
}

// ForEveryone reports whether a kernel that is installed below prefix will start for every user of the machine, and if
// not, why.
func ForEveryone(prefix string) (everyone bool, why string) {
	if prefix == "" {
		return false, "it is registered in your own Jupyter"
	}
	path, err := resolve(prefix)
	if err != nil {
		return false, "it is in " + prefix
	}
	home, err := os.UserHomeDir()
	if err == nil {
		home, err = resolve(home)
	}
	if err == nil && home != "/" && (path == home || strings.HasPrefix(path, home+"/")) {
		return false, prefix + " is in your home"
	}
	if closed := closedFolder(path); closed != "" {
		return false, "other users cannot enter " + closed
	}
	return true, ""
}

// closedFolder returns a folder on the way to path that other users cannot enter, or "".
func closedFolder(path string) string {
	for folder := existing(path); ; folder = filepath.Dir(folder) {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm()&0o001 == 0 {
			return folder
		}
		if folder == filepath.Dir(folder) {
			return ""
		}
	}
}

// forAll returns nil if every user can run the program at path, and none but this one and root can change it.
func forAll(program string) error {
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return reason.Of(err)
	}
	for _, path := range []string{program, real} {
		if closed := closedFolder(path); closed != "" {
			return fmt.Errorf("other users cannot enter %s", closed)
		}
	}
	return onlyOurs(program)
}

// onlyOurs returns an error if a user other than this one and root can change path, or replace a folder or a link on the
// way to it. In a folder with the sticky bit, such as /tmp, others can only add files.
func onlyOurs(path string) error {
	real, err := resolve(path)
	if err != nil {
		return err
	}
	for _, at := range append(pathAndAbove(path), pathAndAbove(real)...) {
		info, err := os.Lstat(at)
		if err != nil {
			continue // not made yet
		}
		if uid := uidOf(info); uid != 0 && uid != os.Geteuid() {
			return fmt.Errorf("%s belongs to %s, who could change what every user runs", at, userName(uid))
		}
		mode := info.Mode()
		if mode&fs.ModeSymlink == 0 && mode&0o022 != 0 && mode&fs.ModeSticky == 0 {
			return fmt.Errorf("other users can write to %s, and could change what every user runs: \"chmod go-w %s\" prevents it", at, at)
		}
	}
	return nil
}

// pathAndAbove lists path and all folders above it.
func pathAndAbove(path string) []string {
	found := []string{path}
	for path != filepath.Dir(path) {
		path = filepath.Dir(path)
		found = append(found, path)
	}
	return found
}

// makeSafely makes a folder that every user can read and that none but this one and root can change.
func makeSafely(folder string) error {
	if err := onlyOurs(folder); err != nil {
		return err
	}
	top := existing(folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return reason.Of(err)
	}
	if err := makeListable(folder, top); err != nil {
		return reason.Of(err)
	}
	return onlyOurs(folder) // now that it is there, no other user can put another in its place
}

// openToAll lets every user read what is in folder and only its owner write to it. Other users can enter folder when all
// of it is ready. Lock files stay private: another user who holds one could stop everybody's kernels.
func openToAll(folder string) error {
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == folder || entry.Type()&fs.ModeSymlink != 0 {
			return nil
		}
		if strings.HasSuffix(path, ".lock") {
			return os.Chmod(path, 0o600)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm()&^0o022 | 0o444
		if entry.IsDir() {
			mode |= 0o700
		}
		if mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		return err
	}
	return os.Chmod(folder, 0o755)
}

// removeTree removes a folder, also one with folders that cannot be written, as Go makes them for modules.
func removeTree(folder string) error {
	_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(folder)
}
