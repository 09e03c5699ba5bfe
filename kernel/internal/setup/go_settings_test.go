package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/cellbuild"
)

// TestOfGosSettingsOnlyPlacesAreFollowed asks the real go command what it would do, as set-up and as cells start it.
func TestOfGosSettingsOnlyPlacesAreFollowed(t *testing.T) {
	folder := t.TempDir()
	modules := filepath.Join(folder, "modules")
	file := filepath.Join(folder, "env")
	write(t, file, strings.Join([]string{
		"# what a user may have", "GOFLAGS=-mod=vendor", "GOWORK=" + filepath.Join(folder, "go.work"), "GO111MODULE=off",
		"GOOS=plan9", "GOPROXY=https://one.example.com,direct", "GOPRIVATE=corp.example.com", "GONOSUMDB=file.example.com", "GOMODCACHE=" + modules,
	}, "\n")+"\r\n")
	for _, name := range []string{"GOFLAGS", "GOWORK", "GOPROXY", "GOPRIVATE", "GOMODCACHE"} {
		t.Setenv(name, "")
	}
	for name, value := range map[string]string{"GOENV": file, "GOARCH": "mips", "GO111MODULE": "off", "GONOSUMDB": "environment.example.com"} {
		t.Setenv(name, value)
	}
	e := checkout(t)
	var err error
	if e.Go, err = findGo(t.Context(), e.Module); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(e.Go.Version, " "+runtime.GOOS+"/"+runtime.GOARCH) || e.Go.Modules != modules || hostOf(firstProxy(e.Go.Proxy)) != "one.example.com" {
		t.Errorf("found %+v, want this machine's system, and the user's proxy and module cache", e.Go)
	}
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	if e.settingsStep().done() {
		t.Fatal("the settings are there before they are written")
	}
	if err := e.settingsStep().make(t.Context()); err != nil || !e.settingsStep().done() {
		t.Fatalf("the settings are not there: %v", err)
	}
	cells := exec.Command(e.Go.Path)
	cells.Env = os.Environ()
	for name, value := range e.CellEnv(os.Getenv("PATH")) {
		cells.Env = append(cells.Env, name+"="+value)
	}
	for who, cmd := range map[string]*exec.Cmd{"set-up": e.goTool(t.Context()), "cells": cells} {
		flags := map[string]string{"set-up": "", "cells": cellbuild.GOFLAGS()}[who]
		work := map[string]string{"set-up": "off", "cells": ""}[who]
		for name, want := range map[string]string{
			"GOFLAGS": flags, "GOWORK": work, "GO111MODULE": "", "GOOS": runtime.GOOS, "GOARCH": runtime.GOARCH,
			"GOPROXY": "https://one.example.com,direct", "GOPRIVATE": "corp.example.com", "GOMODCACHE": modules,
			"GONOSUMDB": "environment.example.com",
		} {
			ask := exec.Command(cmd.Path, "env", name)
			ask.Env, ask.Dir = cmd.Env, folder
			if got, err := ask.CombinedOutput(); err != nil || strings.TrimSuffix(string(got), "\n") != want {
				t.Errorf("%s: %s is %q (%v), want %q", who, name, got, err, want)
			}
		}
	}
}

func TestWithoutSettingsOfGoNoneAreRead(t *testing.T) {
	for name, file := range map[string]string{"off": "off", "no file": filepath.Join(t.TempDir(), "none")} {
		t.Setenv("GOENV", file)
		e := checkout(t)
		var err error
		if e.Go.Settings, err = userSettings(); err != nil || e.goEnv() != "off" || !e.settingsStep().done() {
			t.Errorf("%s: GOENV is %s (%v), want off and nothing to do", name, e.goEnv(), err)
		}
	}
}

func TestWithoutGosSettingsNoFileIsWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	e := &Environment{}
	if err := e.settingsStep().make(t.Context()); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}
