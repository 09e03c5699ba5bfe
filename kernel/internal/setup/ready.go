package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"multiprocessing/kernel/internal/inuse"
)

// Use marks the cache as in use until release is called, or the process ends.
func (e *Environment) Use() (release func(), err error) {
	if err := os.MkdirAll(e.Cache, 0o700); err != nil {
		return nil, cacheError(e.Cache, err)
	}
	release, err = inuse.Mark(e.Cache)
	switch {
	case errors.Is(err, inuse.ErrTaken):
		return nil, errors.New("starting: the cache is just being cleaned; start again when that is done")
	case err != nil:
		return nil, cacheError(e.Cache, err)
	}
	return release, nil
}

// Ready makes what is missing, and says on progress what it does and how long each step took. It marks the cache and the
// parts as in use until release is called. When nothing is missing it returns at once, and prints nothing.
func (e *Environment) Ready(ctx context.Context, progress io.Writer) (release func(), err error) {
	forget := func() {}
	if e.prepared() {
		if forget, err = e.makeRoom(); err != nil {
			return nil, err
		}
	}
	unlock, err := e.Use()
	if err != nil {
		forget()
		return nil, err
	}
	unmark, err := e.makeMissing(ctx, progress)
	if err != nil {
		unlock()
		forget()
		return nil, err
	}
	return func() { unmark(); unlock(); forget() }, nil
}

// makeMissing makes the parts that are missing, and marks all of them: before it looks whether they are there, since
// another set-up may be about to remove what nobody uses.
func (e *Environment) makeMissing(ctx context.Context, out io.Writer) (unmark func(), err error) {
	if unmark, err = e.markParts(); err == nil {
		if e.ready() {
			return unmark, nil
		}
		unmark()
	}
	unlock, err := e.lock(ctx, func() { fmt.Fprintln(out, "Another set-up is running; waiting for it.") })
	if err != nil {
		return nil, err
	}
	defer unlock()
	if !e.ready() { // no other set-up has made it meanwhile
		fmt.Fprintln(out, "Setting up; this is done once.")
		if err := e.makeParts(ctx, &stepLog{out: out}); err != nil {
			return nil, err
		}
		e.prune(out)
	}
	return e.markParts()
}

// markParts marks the parts that are large enough to be removed when nobody uses them. The front marks the tools itself.
func (e *Environment) markParts() (unmark func(), err error) {
	var marks []func()
	unmark = func() {
		for _, unmark := range marks {
			unmark()
		}
	}
	for _, folder := range []string{e.BinFolder(), e.venv.folder} {
		mark, err := inuse.Mark(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			unmark()
			return nil, cacheError(folder, err)
		}
		marks = append(marks, mark)
	}
	return unmark, nil
}
