//go:build !unix

package process

import (
	"fmt"
	"os"
	"runtime"
)

// supported returns nil where workers can be started. Here a child process can
// inherit only stdin, stdout and stderr.
func supported() error {
	return fmt.Errorf("worker processes are not supported on %s; use package pool", runtime.GOOS)
}

func closeOnExec(int) {}

func exitCode(state *os.ProcessState) int { return state.ExitCode() }

type progress struct{ at int }

func newProgress() (*progress, *os.File, error) { return nil, nil, supported() }
func openProgress(*os.File) (*progress, error)  { return nil, supported() }
func (p *progress) item(int) int                { return 0 }
func (p *progress) close()                      {}
