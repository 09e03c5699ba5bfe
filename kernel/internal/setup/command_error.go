package setup

import (
	"errors"
	"os/exec"
	"regexp"
	"strings"

	"multiprocessing/kernel/internal/reason"
)

// offline matches what go and pip print when they cannot reach the network.
var offline = regexp.MustCompile(`(?i)dial tcp|no such host|network is unreachable|name resolution|connection refused|NewConnectionError|NameResolutionError|ProxyError|module lookup disabled`)

// fullDisk matches what go and pip print when there is no room left.
var fullDisk = regexp.MustCompile(`(?i)no space left on device|disk quota exceeded`)

// commandError makes one line of a failed command's output, with what to do where that is known.
func commandError(output []byte, err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		output = append(output, exit.Stderr...)
	}
	text := string(output)
	switch {
	case offline.MatchString(text):
		return errors.New("no network: the first set-up downloads what is pinned, later starts work without; connect and start again (" + matchingLine(text, offline) + ")")
	case fullDisk.MatchString(text):
		return errors.New("the disk is full: free some room and start again (" + matchingLine(text, fullDisk) + ")")
	}
	if last := shorten(reason.LastLine(text)); last != "" {
		return errors.New(err.Error() + ": " + last)
	}
	return err
}

// shellWord quotes a path for a command line if it needs that.
func shellWord(path string) string {
	if !strings.ContainsAny(path, " \t\n'\"\\$`*?[]{}()<>&;|~#!") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func matchingLine(text string, pattern *regexp.Regexp) string {
	for line := range strings.Lines(text) {
		if pattern.MatchString(line) {
			return shorten(strings.TrimSpace(line))
		}
	}
	return ""
}

// shorten keeps a line readable in a terminal.
func shorten(line string) string {
	const most = 300
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + " ..."
	}
	return line
}
