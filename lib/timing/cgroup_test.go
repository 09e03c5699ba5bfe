package timing

import (
	"testing"
	"testing/fstest"
)

func files(content map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range content {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

const (
	mountV2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
	mountV1 = "33 25 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
)

func TestTheLeastQuotaOfAllLevelsCounts(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		quota float64
		known bool
	}{
		"no cgroups": {nil, 0, false},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup": "0::/a\n", "proc/self/mountinfo": mountV2,
			"sys/fs/cgroup/a/cpu.max": "max 100000\n",
		}, 0, true},
		"version 2, own": {map[string]string{
			"proc/self/cgroup": "0::/a\n", "proc/self/mountinfo": mountV2,
			"sys/fs/cgroup/a/cpu.max": "150000 100000\n",
		}, 1.5, true},
		"version 2, a parent's": {map[string]string{
			"proc/self/cgroup": "0::/a/b/c\n", "proc/self/mountinfo": mountV2,
			"sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n", "sys/fs/cgroup/a/cpu.max": "50000 100000\n",
			"sys/fs/cgroup/a/b/cpu.max": "200000 100000\n",
		}, 0.5, true},
		"version 2, in a container": {map[string]string{
			"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": mountV2, "sys/fs/cgroup/cpu.max": "400000 100000\n",
		}, 4, true},
		"version 1": {map[string]string{
			"proc/self/cgroup": "4:cpu,cpuacct:/a\n1:name=systemd:/x\n", "proc/self/mountinfo": mountV1,
			"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "300000\n", "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
		}, 3, true},
		"version 1, no limit": {map[string]string{
			"proc/self/cgroup": "4:cpu,cpuacct:/a\n", "proc/self/mountinfo": mountV1,
			"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
		}, 0, true},
		"version 1, the path outside of a container": {map[string]string{
			"proc/self/cgroup": "4:cpu,cpuacct:/docker/123\n", "proc/self/mountinfo": mountV1,
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000\n", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
		}, 2, true},
		"both versions, nonsense inside": {map[string]string{
			"proc/self/cgroup": "4:cpu:/a\n0::/a\nx\n", "proc/self/mountinfo": "short\n" + mountV2,
			"sys/fs/cgroup/a/cpu.max": "many few\n",
		}, 0, true},
	} {
		got := findCgroup(files(c.files))
		if got.quota != c.quota || got.known != c.known {
			t.Errorf("%s: quota %v, known %v; want %v, %v", name, got.quota, got.known, c.quota, c.known)
		}
	}
}

func TestThrottlingIsCountedAtAllLevelsWithAQuota(t *testing.T) {
	c := findCgroup(files(map[string]string{
		"proc/self/cgroup": "0::/a/b\n", "proc/self/mountinfo": mountV2,
		"sys/fs/cgroup/a/cpu.max": "100000 100000", "sys/fs/cgroup/a/cpu.stat": "nr_periods 9\nnr_throttled 3\nthrottled_usec 5\n",
		"sys/fs/cgroup/a/b/cpu.max": "100000 100000", "sys/fs/cgroup/a/b/cpu.stat": "nr_throttled 4\n",
		"sys/fs/cgroup/cpu.stat": "nr_throttled 100\n",
	}))
	if got := c.throttled(); got != 7 {
		t.Errorf("got %d", got)
	}
}

func TestCoresAreLimitedByTheQuotaAndByGOMAXPROCS(t *testing.T) {
	for want, f := range map[int]Facts{
		1: {cores: 8, procs: 8, cgroup: cgroup{quota: 0.5}},
		2: {cores: 8, procs: 2},
		4: {cores: 4, procs: 8},
	} {
		if got := f.usableCores(); got != want {
			t.Errorf("%+v runs %d workers, want %d", f, got, want)
		}
	}
}
