package timing

import (
	"strings"
	"testing"
)

func TestTheLeastMemoryLimitOfAllLevelsCounts(t *testing.T) {
	const mountV1 = "34 25 0:31 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory\n"
	for name, c := range map[string]struct {
		files map[string]string
		limit int64
	}{
		"no cgroups": {nil, 0},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup": "0::/a\n", "proc/self/mountinfo": mountV2, "sys/fs/cgroup/a/memory.max": "max\n",
		}, 0},
		"version 2, a parent's": {map[string]string{
			"proc/self/cgroup": "0::/a/b\n", "proc/self/mountinfo": mountV2,
			"sys/fs/cgroup/a/b/memory.max": "3000\n", "sys/fs/cgroup/a/memory.max": "2000\n",
		}, 2000},
		"version 2, in a container": {map[string]string{
			"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": mountV2, "sys/fs/cgroup/memory.max": "1073741824\n",
		}, 1 << 30},
		"version 1": {map[string]string{
			"proc/self/cgroup": "4:cpu:/x\n5:memory:/a\n", "proc/self/mountinfo": mountV1,
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4096\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 4096},
		"version 1, no limit": {map[string]string{
			"proc/self/cgroup": "5:memory:/a\n", "proc/self/mountinfo": mountV1,
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n",
		}, 0},
		"nonsense": {map[string]string{
			"proc/self/cgroup": "x\n0::/a\n", "proc/self/mountinfo": mountV2, "sys/fs/cgroup/a/memory.max": "-5 many\n",
		}, 0},
	} {
		if got := memoryLimit(files(c.files)); got != c.limit {
			t.Errorf("%s: %d bytes, want %d", name, got, c.limit)
		}
	}
}

func TestAMemoryLimitIsAFactOnlyWhereThereIsOne(t *testing.T) {
	f := Facts{memory: 1536 << 20}
	if got := f.String(); !strings.Contains(got, "memory limit of 1.5 GiB") {
		t.Errorf("with a limit: %q", got)
	}
	f.memory = 0
	if got := f.String(); strings.Contains(got, "memory") {
		t.Errorf("without: %q", got)
	}
}
