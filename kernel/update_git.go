//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"multiprocessing/kernel/internal/reason"
)

// checkout is the folder of the course, in which git runs.
type checkout struct {
	ctx    context.Context // of the command
	folder string
}

// git runs git with arguments, and returns what it prints. An error is its last line.
func (c checkout) git(args ...string) (string, error) {
	cmd := exec.CommandContext(c.ctx, "git", args...)
	cmd.Dir = c.folder
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("there is no git on PATH: install it")
	case c.ctx.Err() != nil:
		return "", errors.New("stopped")
	case err != nil && stderr.Len() > 0:
		return "", fmt.Errorf("git %s: %s", args[0], reason.LastLine(stderr.String()))
	case err != nil:
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return stdout.String(), nil
}

// holds reports whether git answers a question by exit status 0.
func (c checkout) holds(args ...string) bool {
	_, err := c.git(args...)
	return err == nil
}

// paths runs git with arguments that make it print paths, relative to the folder, each with a zero byte behind it.
func (c checkout) paths(args ...string) ([]string, error) {
	out, err := c.git(args...)
	return strings.FieldsFunc(out, func(r rune) bool { return r == 0 }), err
}

// check returns an error if the folder is not part of a git checkout with a commit.
func (c checkout) check() error {
	if _, err := c.git("--version"); err != nil {
		return err
	}
	if !c.holds("rev-parse", "--verify", "--quiet", "HEAD") {
		return fmt.Errorf("%s is not a clone made by git; clone the course beside it, and copy your notebooks there", c.folder)
	}
	return nil
}
