package complete

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// niceness of a server: it gets a tenth of the CPU time of a cell's program, enough to answer while all cores compute.
const niceness = 10

// lowerPriority sets the niceness of all threads of a new process, so that gopls does not slow down builds of cells.
// Errors are ignored. Linux has a niceness for each thread, which a new thread inherits.
func lowerPriority(pid int) {
	for range 2 { // twice: a thread that was not listed yet may have started another
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, thread := range threads {
			if id, err := strconv.Atoi(thread.Name()); err == nil {
				_ = unix.Setpriority(unix.PRIO_PROCESS, id, niceness)
			}
		}
	}
}

// killWithParent kills the process of cmd when the thread that starts it exits. Go keeps its threads until the program
// exits, unless a goroutine exits while locked to one. A server that hangs would not notice the end of its input.
func killWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
