package timing

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// facts are what a timing depends on, as found when Compare began.
type facts struct {
	version, platform string
	cpu               string // model, "" if unknown
	cores, procs      int
	cgroup            cgroup
	load              string // of the last minute, "" if unknown
	commit            string // "" if unknown
}

func gather() facts {
	return facts{
		version:  strings.TrimPrefix(runtime.Version(), "go"),
		platform: runtime.GOOS + "/" + runtime.GOARCH,
		cpu:      cpuModel(),
		cores:    runtime.NumCPU(),
		procs:    runtime.GOMAXPROCS(0),
		cgroup:   findCgroup(os.DirFS("/")),
		load:     load(),
		commit:   commit(),
	}
}

// Caption says where and how it was measured, in one paragraph.
func (c *Comparison) Caption() string {
	least, most := c.roundCounts()
	rounds := fmt.Sprint(least)
	if least != most {
		rounds = fmt.Sprintf("%d to %d", least, most)
	}
	how := fmt.Sprintf("Medians and their 95%% intervals, of %s rounds in random order after a warm-up.", rounds)
	if c.interrupted {
		how += " Interrupted."
	}
	return c.facts.String() + ". " + how
}

// roundCounts is the least and the most rounds of the cases that ran.
func (c *Comparison) roundCounts() (least, most int) {
	for _, r := range c.rows {
		n := len(r.samples.wall)
		if n == 0 {
			continue
		}
		if least == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	return least, most
}

func (f facts) String() string {
	parts := []string{"Go " + f.version + " on " + f.platform}
	if f.cpu != "" {
		parts = append(parts, f.cpu)
	}
	parts = append(parts, plural(f.cores, "core"), fmt.Sprintf("GOMAXPROCS %d", f.procs))
	if f.cgroup.quota > 0 {
		parts = append(parts, fmt.Sprintf("cgroup quota of %.3g cores", f.cgroup.quota))
	} else if f.cgroup.known {
		parts = append(parts, "no cgroup quota")
	}
	if f.load != "" {
		parts = append(parts, "load "+f.load+" at the start")
	}
	if f.commit != "" {
		parts = append(parts, "commit "+f.commit)
	}
	return strings.Join(parts, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// commit is the revision that was built, or else, because a cell is built
// outside the repository, the one checked out around the working folder.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return short(s.Value)
			}
		}
	}
	dir, err := os.Getwd()
	for err == nil {
		if head := checkedOut(filepath.Join(dir, ".git")); head != "" {
			return short(head)
		}
		if filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func checkedOut(git string) string {
	head, err := os.ReadFile(filepath.Join(git, "HEAD"))
	if err != nil {
		return ""
	}
	text := strings.TrimSpace(string(head))
	ref, isRef := strings.CutPrefix(text, "ref: ")
	if !isRef {
		return text
	}
	if hash, err := os.ReadFile(filepath.Join(git, filepath.FromSlash(ref))); err == nil {
		return strings.TrimSpace(string(hash))
	}
	packed, _ := os.ReadFile(filepath.Join(git, "packed-refs"))
	for line := range strings.Lines(string(packed)) {
		if hash, name, _ := strings.Cut(strings.TrimSpace(line), " "); name == ref {
			return hash
		}
	}
	return ""
}

func short(hash string) string { return hash[:min(len(hash), 7)] }
