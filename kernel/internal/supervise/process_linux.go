package supervise

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// adopt makes this process a child subreaper: orphans below it become its children.
func adopt() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// detach gives cmd its own process group, so that a terminal's Ctrl-C reaches only the supervisor. cmd receives SIGTERM
// when the supervisor is killed.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// startAndWait starts cmd and waits for it. It locks its thread while cmd runs: the kernel sends the death signal when
// the thread that started cmd ends, and Go may end threads at any time.
func startAndWait(cmd *exec.Cmd, started chan<- error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	started <- err
	if err != nil {
		return err
	}
	return cmd.Wait()
}

// reapOrphans waits for adopted processes that end, so that they do not remain zombies. It does not wait for head, for
// which startAndWait waits.
func reapOrphans(head int) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGCHLD)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range signals {
			reapEnded(head)
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
		<-done
	}
}

func reapEnded(head int) {
	for _, pid := range children(os.Getpid()) {
		if pid == head {
			continue
		}
		var status unix.WaitStatus
		_, err := unix.Wait4(pid, &status, unix.WNOHANG, nil)
		for errors.Is(err, unix.EINTR) {
			_, err = unix.Wait4(pid, &status, unix.WNOHANG, nil)
		}
	}
}

func kill(pid int) {
	_ = syscall.Kill(pid, syscall.SIGKILL)
	var status unix.WaitStatus
	_, _ = unix.Wait4(pid, &status, unix.WNOHANG, nil)
}

// descendants returns the processes below pid, without zombies.
func descendants(pid int) []int {
	parents := processes()
	var below []int
	for child := range parents {
		for above := parents[child].parent; above > 0; above = parents[above].parent {
			if above == pid {
				if !parents[child].zombie {
					below = append(below, child)
				}
				break
			}
		}
	}
	return below
}

// children returns the processes whose parent is pid.
func children(pid int) []int {
	var found []int
	for child, p := range processes() {
		if p.parent == pid {
			found = append(found, child)
		}
	}
	return found
}

// Below returns the processes below pid, parents before children. It asks the kernel for each process's children, so its
// cost, 0.1 ms a process, depends on the number of processes below pid, not on that of the machine.
func Below(pid int) []Process {
	var found []Process
	for _, child := range childrenOf(pid) {
		p, zombie := readStat(child)
		if p.PID == 0 || zombie {
			continue
		}
		found = append(append(found, p), Below(child)...)
	}
	return found
}

// childrenOf returns the children of pid. The kernel lists them by the thread that started them. If it has no such lists,
// childrenOf reads every process.
func childrenOf(pid int) []int {
	var found []int
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return nil // the process has just ended
	}
	for _, thread := range threads {
		content, err := os.ReadFile(tasks + thread.Name() + "/children")
		if errors.Is(err, os.ErrNotExist) && thread.Name() == strconv.Itoa(pid) {
			return children(pid)
		}
		for _, word := range strings.Fields(string(content)) {
			if child, err := strconv.Atoi(word); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// readStat reads a process from /proc. It returns a zero Process if the process has just ended.
func readStat(pid int) (p Process, zombie bool) {
	content, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return Process{}, false
	}
	// PID (NAME) STATE PARENT ... START (field 22); the name may contain any character, including parentheses.
	text := string(content)
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Process{}, false
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 20 {
		return Process{}, false
	}
	parent, _ := strconv.Atoi(fields[1])
	return Process{PID: pid, Parent: parent, Name: text[open+1 : end], start: fields[19]}, fields[0] == "Z"
}

// Running reports whether the process still runs. It returns false if another process has the same id by now.
func (p Process) Running() bool {
	now, zombie := readStat(p.PID)
	return now.PID != 0 && !zombie && now.start == p.start
}

// Setting returns an environment variable with which the process was started.
func (p Process) Setting(name string) (value string, found bool) {
	content, err := os.ReadFile("/proc/" + strconv.Itoa(p.PID) + "/environ")
	if err != nil {
		return "", false
	}
	for setting := range strings.SplitSeq(string(content), "\x00") {
		if value, found := strings.CutPrefix(setting, name+"="); found {
			return value, true
		}
	}
	return "", false
}

type process struct {
	parent int
	zombie bool
}

// processes reads every process from /proc.
func processes() map[int]process {
	found := map[int]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // the process has just ended
		}
		// PID (NAME) STATE PARENT ...; the name may contain any character, including parentheses.
		text := string(content)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		pid, err := strconv.Atoi(strings.Split(path, "/")[2])
		if err != nil || len(fields) < 2 {
			continue
		}
		parent, err := strconv.Atoi(fields[1])
		if err != nil {
			continue
		}
		found[pid] = process{parent, fields[0] == "Z"}
	}
	return found
}
