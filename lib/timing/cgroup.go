package timing

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// cgroup is what Linux allows this process of the processors.
type cgroup struct {
	known bool    // whether a cgroup was found at all
	quota float64 // in cores, the least of the cgroup's and its parents'; 0 is none
	root  fs.FS
	stats []string // cpu.stat of each level that has a quota
}

// findCgroup reads the quotas of this process's cgroup and of all above it,
// of version 1 or 2 or both, below root.
func findCgroup(root fs.FS) cgroup {
	c := cgroup{root: root}
	for _, line := range lines(root, "proc/self/cgroup") {
		// hierarchy:controllers:path; version 2 has no controllers.
		fields := strings.SplitN(line, ":", 3)
		if len(fields) != 3 {
			continue
		}
		switch {
		case fields[1] == "":
			c.climb(mountOf(root, "cgroup2", ""), fields[2], quotaV2)
		case contains(fields[1], "cpu"):
			c.climb(mountOf(root, "cgroup", "cpu"), fields[2], quotaV1)
		}
	}
	return c
}

// climb looks at the folder of a cgroup and at each one above it. In a
// container the path can be that outside of it: what is not there is skipped.
func (c *cgroup) climb(mount, group string, quota func(fs.FS, string) float64) {
	if mount == "" {
		return
	}
	c.known = true
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		dir := path.Join(mount, group)
		if q := quota(c.root, dir); q > 0 {
			c.stats = append(c.stats, path.Join(dir, "cpu.stat"))
			if c.quota == 0 || q < c.quota {
				c.quota = q
			}
		}
		if group == "/" {
			return
		}
	}
}

// quotaV2 reads cpu.max: "200000 100000" is 2 cores, "max 100000" no limit.
func quotaV2(root fs.FS, dir string) float64 {
	text, _ := fs.ReadFile(root, path.Join(dir, "cpu.max"))
	fields := strings.Fields(string(text))
	if len(fields) != 2 {
		return 0
	}
	return ratio(fields[0], fields[1])
}

func quotaV1(root fs.FS, dir string) float64 {
	quota, _ := fs.ReadFile(root, path.Join(dir, "cpu.cfs_quota_us"))
	period, _ := fs.ReadFile(root, path.Join(dir, "cpu.cfs_period_us"))
	return ratio(strings.TrimSpace(string(quota)), strings.TrimSpace(string(period)))
}

// ratio is 0 where there is no limit: "max" and -1.
func ratio(quota, period string) float64 {
	q, err1 := strconv.ParseFloat(quota, 64)
	p, err2 := strconv.ParseFloat(period, 64)
	if err1 != nil || err2 != nil || q <= 0 || p <= 0 {
		return 0
	}
	return q / p
}

// throttled is how often the cgroup, or one above it, was stopped for having
// used up its quota.
func (c cgroup) throttled() int {
	n := 0
	for _, file := range c.stats {
		for _, line := range lines(c.root, file) {
			if count, ok := strings.CutPrefix(line, "nr_throttled "); ok {
				v, _ := strconv.Atoi(count)
				n += v
			}
		}
	}
	return n
}

// mountOf finds where a cgroup file system is mounted, without the first
// slash. A line of mountinfo is "36 35 98:0 /root /mount options - type
// source super-options".
func mountOf(root fs.FS, kind, controller string) string {
	for _, line := range lines(root, "proc/self/mountinfo") {
		left, right, _ := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if len(l) < 5 || len(r) < 3 || r[0] != kind {
			continue
		}
		if controller == "" || contains(r[2], controller) {
			return strings.TrimPrefix(l[4], "/")
		}
	}
	return ""
}

// contains looks for a word in a list with commas.
func contains(list, word string) bool {
	for w := range strings.SplitSeq(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}

func lines(root fs.FS, file string) []string {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
