package timing

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// Facts describe the machine and the Go on which a timing depends: see Machine.
type Facts struct {
	version, platform string
	cpu               string // model, "" if unknown
	cores, procs      int
	cgroup            cgroup
	memory            int64  // limit in bytes, 0 if there is none
	load              string // of the last minute, "" if unknown
	commit            string // "" if unknown
}

// Machine returns the facts of the machine and the Go that run this program: the
// processor, cores, limits, load, versions. Comparison.Caption begins with them.
func Machine() Facts {
	return Facts{
		version:  strings.TrimPrefix(runtime.Version(), "go"),
		platform: runtime.GOOS + "/" + runtime.GOARCH,
		cpu:      cpuModel(),
		cores:    runtime.NumCPU(),
		procs:    runtime.GOMAXPROCS(0),
		cgroup:   findCgroup(os.DirFS("/")),
		memory:   memoryLimit(os.DirFS("/")),
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
	if c.repeated() {
		how += " Runs of less than 1 ms were repeated within a round."
	}
	if c.quotientsDiffer() {
		how += " A speedup is the mean over the rounds, here not the quotient of the medians."
	}
	if c.interrupted {
		how += " Interrupted."
	}
	if c.lost != nil {
		how += " This run is not in the history: " + firstLine(c.lost.Error()) + "."
	}
	return c.facts.String() + ". " + how + c.coresInWords()
}

// quotientsDiffer reports whether a reader who divides two medians gets another
// speedup, by more than a tenth.
func (c *Comparison) quotientsDiffer() bool {
	for _, r := range c.rows {
		quotient := summarize(r.base.samples.wall).value / summarize(r.samples.wall).value
		if r.base != r && math.Abs(quotient/r.speedup().value-1) > 0.1 { // NaN is not
			return true
		}
	}
	return false
}

// repeated reports whether a case was run many times in a round.
func (c *Comparison) repeated() bool {
	for _, r := range c.rows {
		if r.repeats > 1 && len(r.samples.wall) > 0 {
			return true
		}
	}
	return false
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

// fact is one of the Facts.
type fact struct{ name, value, inWords string }

// list is what is known, in order.
func (f Facts) list() []fact {
	all := []fact{{"Go", f.version, "Go " + f.version}, {"system", f.platform, "on " + f.platform}}
	add := func(known bool, name, value, inWords string) {
		if known {
			all = append(all, fact{name, value, inWords})
		}
	}
	add(f.cpu != "", "processor", f.cpu, f.cpu)
	add(true, "cores", fmt.Sprint(f.cores), plural(f.cores, "core"))
	add(true, "GOMAXPROCS", fmt.Sprint(f.procs), fmt.Sprintf("GOMAXPROCS %d", f.procs))
	quota := fmt.Sprintf("%.3g cores", f.cgroup.quota)
	add(f.cgroup.quota > 0, "cgroup quota", quota, "cgroup quota of "+quota)
	add(f.cgroup.quota <= 0 && f.cgroup.known, "cgroup quota", "none", "no cgroup quota")
	add(f.memory > 0, "memory limit", gibibytes(f.memory), "memory limit of "+gibibytes(f.memory))
	add(f.load != "", "load", f.load, "load "+f.load+" at the start")
	add(f.commit != "", "commit", f.commit, "commit "+f.commit)
	return all
}

// String returns the facts in one line.
func (f Facts) String() string {
	var parts []string
	for _, x := range f.list() {
		parts = append(parts, x.inWords)
	}
	return parts[0] + " " + strings.Join(parts[1:], ", ") // "Go 1.26 on linux/amd64, ..."
}

// DataFrame returns the facts with the columns "fact" and "value". A fact that the
// system does not report has no row.
func (f Facts) DataFrame() dataframe.DataFrame {
	var names, values []string
	for _, x := range f.list() {
		names, values = append(names, x.name), append(values, x.value)
	}
	return frameOf(
		series.New(names, series.String, "fact"),
		series.New(values, series.String, "value"),
	)
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
