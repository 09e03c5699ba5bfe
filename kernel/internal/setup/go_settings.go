package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/reason"
)

// followed lists the "go env -w" settings that set-up and cells use: module sources, cache folders, the toolchain (in
// set-up only), and the C compiler. All others are ignored, because they could change how the course is built, for
// example GOFLAGS=-mod=vendor. Go reads its settings file for every variable that is empty or missing, so only another
// file (GOENV) hides them.
var followed = []string{
	"GOAUTH", "GOINSECURE", "GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOVCS",
	"GOCACHE", "GOMODCACHE", "GOPATH", "GOTMPDIR", "CC",
}

// native overrides variables of the user's environment, so that Go builds for this machine, with modules.
var native = map[string]string{"GO111MODULE": "", "GOARCH": "", "GOOS": ""}

// userSettings returns the followed lines of the user's settings file of Go.
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
		return "", fmt.Errorf("reading Go's settings in %s: %w; make it readable, or name another file in GOENV", path, reason.Of(err))
	}
	var lines strings.Builder
	for line := range strings.Lines(string(content)) {
		if name, _, _ := strings.Cut(line, "="); slices.Contains(followed, name) {
			lines.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	return lines.String(), nil
}

// environmentOf returns an environment for go with the settings as variables. Variables that are already set win. findGo
// uses it because the settings file may not exist yet.
func environmentOf(settings string) []string {
	env := goEnvironment("off")
	for line := range strings.Lines(settings) {
		if name, _, _ := strings.Cut(line, "="); os.Getenv(name) == "" {
			env = append(env, strings.TrimSuffix(line, "\n"))
		}
	}
	return env
}

// goEnv returns GOENV for set-up and cells: a file with the followed settings, or "off" if there are none.
func (e *Environment) goEnv() string {
	if e.Go.Settings == "" {
		return "off"
	}
	return filepath.Join(e.settings.folder, "env")
}

// goEnvironment returns the environment of set-up's go commands, with file for GOENV.
func goEnvironment(file string) []string {
	env := append(os.Environ(), "GOENV="+file, "GOFLAGS=", "GOWORK=off")
	for name, value := range native {
		env = append(env, name+"="+value)
	}
	return env
}

func (e *Environment) settingsStep() step {
	path := e.goEnv()
	return step{"settings", "copying the settings of go env -w",
		func() bool {
			content, err := os.ReadFile(path)
			return e.Go.Settings == "" || err == nil && string(content) == e.Go.Settings // a cell may have run go env -w
		},
		func(context.Context) error {
			if e.Go.Settings == "" {
				return nil // "off" is no file
			}
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
