package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// followed are the settings of "go env -w" that set-up and cells follow: where modules come from, where Go keeps what it
// makes, and the C compiler that the race detector needs. The others say how programs are built, as GOFLAGS=-mod=vendor
// does: the course's are built by go.mod alone. Go looks into its file of settings for each variable that is empty or
// missing, so that nothing but another file keeps them out.
var followed = []string{
	"GOAUTH", "GOINSECURE", "GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOVCS",
	"GOCACHE", "GOMODCACHE", "GOPATH", "GOTMPDIR", "CC",
}

// native has Go build for this machine, by modules, whatever the user's environment says.
var native = map[string]string{"GO111MODULE": "", "GOARCH": "", "GOOS": ""}

// userSettings returns the lines of the user's file of Go's settings that are followed.
func userSettings() (string, error) {
	path := os.Getenv("GOENV")
	if path == "" {
		folder, err := os.UserConfigDir()
		if err != nil {
			return "", nil // Go reads none either
		}
		path = filepath.Join(folder, "go", "env")
	}
	content, err := os.ReadFile(path)
	if path == "off" || os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading Go's settings in %s: %w; make it readable, or name another file in GOENV", path, cause(err))
	}
	var lines strings.Builder
	for line := range strings.Lines(string(content)) {
		if name, _, _ := strings.Cut(line, "="); slices.Contains(followed, name) {
			lines.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	return lines.String(), nil
}

// environmentOf is the environment of a go command of set-up that gets settings as variables, where this process has no
// others: there may be no file of them yet.
func environmentOf(settings string) []string {
	env := goEnvironment("off")
	for line := range strings.Lines(settings) {
		if name, _, _ := strings.Cut(line, "="); os.Getenv(name) == "" {
			env = append(env, strings.TrimSuffix(line, "\n"))
		}
	}
	return env
}

// goEnv is what GOENV is for set-up and cells: a file with the user's settings that are followed, or "off" if there are
// none.
func (e *Environment) goEnv() string {
	if e.Go.Settings == "" {
		return "off"
	}
	return filepath.Join(e.settings.folder, "env")
}

// goEnvironment is the environment of a go command of set-up, with file for GOENV.
func goEnvironment(file string) []string {
	env := append(os.Environ(), "GOENV="+file, "GOFLAGS=", "GOWORK=off")
	for name, value := range native {
		env = append(env, name+"="+value)
	}
	return env
}

func (e *Environment) settingsStep() step {
	path := e.goEnv()
	return step{"settings", "copying Go's settings that are followed",
		func() bool {
			content, err := os.ReadFile(path)
			return path == "off" || err == nil && string(content) == e.Go.Settings // a cell may have run go env -w
		},
		func(context.Context) error {
			if err := os.MkdirAll(e.settings.folder, 0o700); err != nil {
				return cacheError(e.settings.folder, err)
			}
			if err := os.WriteFile(path, []byte(e.Go.Settings), 0o600); err != nil {
				return cacheError(path, err)
			}
			return nil
		},
	}
}
