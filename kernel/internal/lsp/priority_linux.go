package lsp

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// behind is the niceness of a server: 10 is a tenth of the weight of a cell's program, which is enough to answer while
// all cores compute.
const behind = 10

// standBack has a process that has just been started stand back when cores are scarce: while it loads a module, a cell
// that is built meanwhile would wait. Where that fails the cell waits. Linux has a niceness for each thread, and a new
// thread has that of the one which started it.
func standBack(pid int) {
	for range 2 { // one that was started meanwhile by a thread that was still to come
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, thread := range threads {
			if id, err := strconv.Atoi(thread.Name()); err == nil {
				_ = unix.Setpriority(unix.PRIO_PROCESS, id, behind)
			}
		}
	}
}

// endWithUs has the process of cmd be killed when this one ends, however it does: one that hangs does not see that its
// input has ended.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
