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

// waitsForInput reports whether a process, or a descendant, waits to read from its standard input, the pipe of input.
func waitsForInput(pid int, input *os.File) bool {
	var pipe syscall.Stat_t
	if syscall.Fstat(int(input.Fd()), &pipe) != nil {
		return false
	}
	return waits(fmt.Sprint(pid), fmt.Sprintf("pipe:[%d]", pipe.Ino))
}

// waitsToRead is how /proc describes a thread in read(0, ...).
var waitsToRead = fmt.Sprintf("%d 0x0 ", syscall.SYS_READ)

func waits(pid, pipe string) bool {
	threads, _ := filepath.Glob("/proc/" + pid + "/task/*")
	input, _ := os.Readlink("/proc/" + pid + "/fd/0")
	for _, thread := range threads {
		if input == pipe {
			if call, _ := os.ReadFile(filepath.Join(thread, "syscall")); strings.HasPrefix(string(call), waitsToRead) {
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
