package timing

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// noLimit is less than what version 1 says where there is no limit: all of an
// int64, rounded to pages.
const noLimit = 1 << 60

// memoryLimit is how many bytes of memory this process's cgroup, of version 1
// or 2, and all above it leave to it; 0 is no limit. A container sets one,
// and the system ends what goes beyond it.
func memoryLimit(root fs.FS) int64 {
	var least int64
	for _, line := range lines(root, "proc/self/cgroup") {
		fields := strings.SplitN(line, ":", 3) // as in findCgroup
		if len(fields) != 3 {
			continue
		}
		mount, file := mountOf(root, "cgroup2", ""), "memory.max"
		if fields[1] != "" {
			mount, file = mountOf(root, "cgroup", "memory"), "memory.limit_in_bytes"
		}
		if mount == "" || fields[1] != "" && !contains(fields[1], "memory") {
			continue
		}
		for group := path.Clean("/" + fields[2]); ; group = path.Dir(group) {
			text, _ := fs.ReadFile(root, path.Join(mount, group, file))
			limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
			if err == nil && limit > 0 && limit < noLimit && (least == 0 || limit < least) {
				least = limit
			}
			if group == "/" {
				break
			}
		}
	}
	return least
}

func gibibytes(bytes int64) string { return fmt.Sprintf("%.3g GiB", float64(bytes)/(1<<30)) }
