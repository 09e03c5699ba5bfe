package setup

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// GoCommand is the go command that builds tools and cells.
type GoCommand struct {
	Path    string // absolute; of the toolchain that go.mod asks for
	Version string // as "go1.26.8 linux/amd64"
	Proxy   string // the user's GOPROXY
	Cache   string // the user's GOCACHE
	Modules string // the user's GOMODCACHE

	Settings string // see userSettings
}

// findGo finds the go command on PATH, and of it the toolchain that serves this module.
func findGo(ctx context.Context, module string) (GoCommand, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return GoCommand{}, errors.New("finding Go: no go command on PATH; install Go 1.26 or newer and add its bin folder to PATH")
	}
	settings, err := userSettings()
	if err != nil {
		return GoCommand{}, err
	}
	cmd := exec.CommandContext(ctx, path, "env", "GOROOT", "GOVERSION", "GOOS", "GOARCH", "GOPROXY", "GOCACHE", "GOMODCACHE")
	cmd.Dir, cmd.Env = module, environmentOf(settings)
	out, err := cmd.Output()
	if err != nil {
		return GoCommand{}, fmt.Errorf("asking %s for its settings: %w", path, commandError(out, err))
	}
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	if len(lines) != 7 {
		return GoCommand{}, fmt.Errorf("asking %s for its settings: unexpected answer %q", path, out)
	}
	return GoCommand{
		Path:    filepath.Join(lines[0], "bin", "go"),
		Version: fmt.Sprintf("%s %s/%s", lines[1], lines[2], lines[3]),
		Proxy:   lines[4],
		Cache:   lines[5],
		Modules: lines[6],

		Settings: settings,
	}, nil
}

// goTool is the go command, to be run in the checkout by the module's own pins.
func (e *Environment) goTool(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, e.Go.Path, args...)
	cmd.Dir = e.Module
	cmd.Env = append(goEnvironment(e.goEnv()), "GOTOOLCHAIN=local") // findGo has found the toolchain
	if e.shared != "" {                                             // without the settings of "go env -w", which are this user's
		cmd.Env = append(cmd.Env, "GOCACHE="+e.Go.Cache, "GOMODCACHE="+e.Go.Modules, "GOPROXY="+e.Go.Proxy, "GOFLAGS=-buildvcs=false")
	}
	return cmd
}

// runGo runs the go command in the checkout.
func (e *Environment) runGo(ctx context.Context, args ...string) error {
	cmd := e.goTool(ctx, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go %s: %w", args[0], commandError(out, err))
	}
	return nil
}
