//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"multiprocessing/kernel/internal/jupyter"
)

// progress prints a line a cell: its number when it begins, its time when it ends.
type progress struct {
	out  io.Writer // nil for silence
	name string
	open bool // whether a line was begun and not ended
}

func (r runner) progress(one run) *progress {
	name := filepath.Base(one.notebook) + strings.TrimPrefix(one.label(), one.notebook)
	if !r.verbose && !isTerminal(r.stderr) {
		return &progress{}
	}
	return &progress{out: r.stderr, name: name}
}

func (p *progress) tell(at jupyter.Progress) {
	switch {
	case p.out == nil:
	case at.Took == "":
		p.end()
		fmt.Fprintf(p.out, "%s: cell %d of %d ...", p.name, at.Cell, at.Of)
		p.open = true
	default:
		fmt.Fprintf(p.out, " %s\n", at.Took)
		p.open = false
	}
}

// end ends the line of a cell that was cut off.
func (p *progress) end() {
	if p.open {
		fmt.Fprintln(p.out)
	}
	p.open = false
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
