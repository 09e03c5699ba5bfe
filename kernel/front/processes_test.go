package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// processes are the command lines of all processes that the kernel has started and that still run.
func (c *client) processes() []string { return processesWith(c.mark) }

// processesWith returns the command lines of all processes that have a setting in their environment.
func processesWith(setting string) (running []string) {
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		if content, err := os.ReadFile(path); err == nil && bytes.Contains(content, []byte(setting+"\x00")) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			running = append(running, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return running
}

// gonb is the process number of the kernel's GoNB.
func (c *client) gonb() int { return c.process("gonb --kernel " + c.folder) }

// guard is the process number of the kernel's guard: GoNB's parent.
func (c *client) guard() int {
	c.t.Helper()
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.gonb()))
	if err != nil {
		c.t.Fatal(err)
	}
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	pid, err := strconv.Atoi(fields[1])
	if err != nil {
		c.t.Fatal(err)
	}
	return pid
}

// process is the number of the first process, other than the guard, with words in its command line.
func (c *client) process(words string) int {
	c.t.Helper()
	found := c.processesOf(words)
	if len(found) == 0 {
		c.t.Fatalf("%s does not run: %q", words, c.processes())
	}
	return found[0]
}

// processesOf are the numbers of all processes, other than the guard, with words in their command lines.
func (c *client) processesOf(words string) (found []int) {
	c.t.Helper()
	out, _ := exec.Command("pgrep", "-f", words).Output()
	for word := range strings.FieldsSeq(string(out)) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			c.t.Fatal(err)
		}
		command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		settings, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if !strings.Contains(string(command), "-guard") && bytes.Contains(settings, []byte(c.mark+"\x00")) {
			found = append(found, pid)
		}
	}
	return found
}

// running tells whether a process of the kernel's has word in its command line.
func (c *client) running(word string) bool {
	return strings.Contains(strings.Join(c.processes(), "\n"), word)
}

// eventually waits until something is so.
func (c *client) eventually(what string, is func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(kernelWait); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("waited for this and it never was: %s; running: %q\n%s", what, c.processes(), c.log)
		}
	}
}

func (c *client) waitEnd() {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(kernelWait):
		_ = c.cmd.Process.Kill()
		c.t.Errorf("the kernel does not end\n%s", c.log)
	}
}

// wantNothingLeft checks that no process, folder or socket of the kernel's is left, but for the client's own sockets: a
// kernel that is killed leaves those to the client, as every kernel does, and the next one takes them.
func (c *client) wantNothingLeft() {
	c.t.Helper()
	c.eventually("no process is left", func() bool { return len(c.processes()) == 0 })
	c.eventually("no folder or socket is left", func() bool {
		left := 0
		_ = filepath.WalkDir(c.folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				c.t.Error(err)
			}
			if filepath.Dir(path) == filepath.Join(c.folder, "t") || entry != nil && entry.Type()&fs.ModeSocket != 0 && c.cmd.ProcessState.Exited() {
				left++
			}
			return nil
		})
		return left == 0
	})
}

// rss is how much memory the front has, in MB.
func (c *client) rss() float64 {
	c.t.Helper()
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		c.t.Fatal(err)
	}
	var kB float64
	for line := range strings.Lines(string(content)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found { // the most that it ever had
			if _, err := fmt.Sscan(rest, &kB); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	return kB / 1024
}
