package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// canWatch reports whether the system shows in which system call a process waits.
func canWatch() bool {
	_, err := os.ReadFile("/proc/self/syscall")
	return err == nil
}

// waitsForInput reports whether a process, or a descendant, waits to read from the pipe of input.
func waitsForInput(pid int, input *os.File) bool {
	var pipe syscall.Stat_t
	if syscall.Fstat(int(input.Fd()), &pipe) != nil {
		return false
	}
	return waits(fmt.Sprint(pid), fmt.Sprintf("pipe:[%d]", pipe.Ino))
}

func waits(pid, pipe string) bool {
	threads, _ := filepath.Glob("/proc/" + pid + "/task/*")
	for _, thread := range threads {
		call, _ := os.ReadFile(filepath.Join(thread, "syscall"))
		if from, ok := readsFrom(string(call)); ok {
			// Any descriptor: a program may open /dev/stdin.
			if file, _ := os.Readlink(fmt.Sprintf("/proc/%s/fd/%d", pid, from)); file == pipe {
				return true
			}
		}
		children, _ := os.ReadFile(filepath.Join(thread, "children"))
		for child := range strings.FieldsSeq(string(children)) {
			if waits(child, pipe) {
				return true
			}
		}
	}
	return false
}

// readsFrom returns the descriptor that a thread waits to read from, by the system call as /proc describes it.
func readsFrom(call string) (descriptor int, ok bool) {
	var number int
	n, _ := fmt.Sscanf(call, "%d 0x%x", &number, &descriptor)
	return descriptor, n == 2 && number == syscall.SYS_READ
}
