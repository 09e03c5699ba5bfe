package complete

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"time"
)

// turn has one kernel at a time keep a gopls: that of the notebook in which the reader writes. A gopls takes 50 to 100 MB
// for each open notebook, and starting it again takes 0.3 to 0.5 s. The kernels of one Jupyter server share a file that
// names the one whose turn it is.
type turn struct {
	file string
	name string
	tick time.Duration // between two looks at the file
}

// newTurn returns the turn of a kernel. Jupyter keeps the connection files of a user's kernels in one private folder.
func newTurn(connectionFile string) turn {
	return turn{filepath.Join(filepath.Dir(connectionFile), "multiprocessing-completion"), rand.Text(), time.Second}
}

// owner returns the name of the kernel whose turn it is. It is empty if the file cannot be written: then every kernel
// keeps its gopls.
func (t turn) owner() string {
	content, _ := os.ReadFile(t.file)
	return string(content)
}

// take makes it this kernel's turn.
func (t turn) take() {
	if t.owner() == t.name {
		return
	}
	next := t.file + "-" + t.name
	if os.WriteFile(next, []byte(t.name), 0o600) != nil || os.Rename(next, t.file) != nil {
		os.Remove(next)
	}
}

// lost reports whether it is another kernel's turn.
func (t turn) lost() bool {
	owner := t.owner()
	return owner != "" && owner != t.name
}

// release removes the file if it names this kernel.
func (t turn) release() {
	if t.owner() == t.name {
		os.Remove(t.file)
	}
}
