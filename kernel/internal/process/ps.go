package process

import (
	"path/filepath"
	"strconv"
	"strings"
)

// psColumns are the columns that parsePS reads. The last is a path or a name, which may contain spaces.
const psColumns = "pid=,ppid=,comm="

// parsePS parses the output of ps, which is used to find processes where there is no /proc.
func parsePS(output string) []Process {
	var found []Process
	for line := range strings.Lines(output) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		above, path, named := strings.Cut(strings.TrimSpace(rest), " ")
		pid, err := strconv.Atoi(number)
		parent, failed := strconv.Atoi(above)
		if err != nil || failed != nil || !named {
			continue
		}
		found = append(found, Process{PID: pid, Parent: parent, Name: filepath.Base(strings.TrimSpace(path))})
	}
	return found
}
