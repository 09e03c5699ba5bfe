package setup

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/gonb"
)

// Finding is the result of Examine for one thing that the course needs.
type Finding struct {
	Name   string
	OK     bool
	Detail string // what is there, or what is wrong and what to do
}

// Examine checks everything that set-up needs or makes, and changes nothing.
func Examine(ctx context.Context, dir string) []Finding {
	env, err := Locate(ctx, dir)
	if err != nil {
		return []Finding{{"course", false, err.Error()}}
	}
	findings := []Finding{
		{"course", true, env.Module},
		{"go", true, env.Go.Version + ", " + env.Go.Path},
		examineCache(env.Cache),
	}
	python := Finding{Name: "python"}
	if env.Python, err = findPython(ctx); err != nil {
		python.Detail = err.Error()
	} else {
		python.OK, python.Detail = true, env.Python.Version+", "+env.Python.Path
		err = env.nameParts()
	}
	findings = append(findings, python)
	if err == nil {
		findings = append(findings, env.examineParts(ctx)...)
	}
	return append(findings, env.examineInstalled()...)
}

func examineCache(cache string) Finding {
	for above := cache; ; above = filepath.Dir(above) {
		info, err := os.Stat(above)
		if err != nil && above != filepath.Dir(above) {
			continue // not made yet: look at the folder that it will be made in
		}
		if err == nil && info.IsDir() {
			if err = folder.Writable(above); err == nil {
				return Finding{"cache", true, cache + ", of " + ownerOf(above)}
			}
		}
		return Finding{"cache", false, cacheError(cache, err).Error()}
	}
}

const notSetUp = "not set up; \"go run ./kernel lab\" does it"

// examineParts reports whether each part of set-up is made, and the versions of the tools.
func (e *Environment) examineParts(ctx context.Context) []Finding {
	findings := []Finding{
		{"tools", false, notSetUp}, {"jupyter", false, notSetUp}, {"kernelspec", false, notSetUp}, {"cell cache", false, notSetUp},
	}
	if e.frontStep().done() && e.toolsStep().done() && e.goplsStep().done() {
		findings[0] = e.examineTools(ctx)
	}
	if e.venv.complete() {
		findings[1] = examineVersion(ctx, "jupyter", "JupyterLab", e.VenvPython(), "-m", "jupyterlab", "--version")
	}
	findings[2] = e.examineKernelspec()
	if e.warmStep().done() {
		findings[3] = Finding{"cell cache", true, "warm for " + filepath.Base(e.tools.folder)}
	}
	if !e.ready() {
		findings = append(findings, e.examineNetwork(ctx))
	}
	return findings
}

func (e *Environment) examineTools(ctx context.Context) Finding {
	var versions []string
	for _, tool := range []string{gonb.Module, goimports, gopls} {
		name := filepath.Base(tool)
		out, err := e.goTool(ctx, "version", "-m", e.tool(name)).Output()
		if err != nil {
			return Finding{"tools", false, name + " is broken; \"go run ./kernel clean\", then \"go run ./kernel lab\""}
		}
		versions = append(versions, name+" "+moduleVersion(string(out)))
	}
	return Finding{"tools", true, strings.Join(versions, ", ")}
}

// moduleVersion returns the version of the tool's module from the output of go version -m, which prints a replacement on
// the line after the module that it replaces.
func moduleVersion(text string) string {
	version := "of unknown version"
	for line := range strings.Lines(text) {
		switch fields := strings.Fields(line); {
		case len(fields) >= 3 && fields[0] == "mod":
			version = fields[2]
		case len(fields) >= 3 && fields[0] == "=>":
			return fields[2]
		case len(fields) >= 1 && fields[0] == "dep":
			return version
		}
	}
	return version
}

func examineVersion(ctx context.Context, name, label, command string, args ...string) Finding {
	out, err := exec.CommandContext(ctx, command, args...).Output()
	if err != nil {
		return Finding{name, false, label + " does not run: " + commandError(out, err).Error() + "; \"go run ./kernel clean\", then \"go run ./kernel lab\""}
	}
	return Finding{name, true, label + " " + strings.TrimSpace(string(out))}
}

// examineInstalled checks the kernels that install registered, and those that another user installed for everyone. It
// ignores those that the user deleted, perhaps with their virtual environment. A kernel that Jupyter still offers must be
// able to start.
func (e *Environment) examineInstalled() []Finding {
	folders, err := e.Installed()
	if err != nil {
		return []Finding{{"installed", false, err.Error()}}
	}
	var findings []Finding
	for _, folder := range append(folders, e.notedByOthers()...) {
		spec, err := readSpec(folder)
		if err != nil || !spec.ours() {
			continue
		}
		findings = append(findings, e.examineSpec(folder, spec))
	}
	return findings
}

// examineKernelspec checks the kernelspec for lab and run.
func (e *Environment) examineKernelspec() Finding {
	spec, err := readSpec(e.specFolder())
	if err != nil {
		return Finding{"kernelspec", false, notSetUp}
	}
	if old := difference(spec, e.spec(KernelName)); old != "" {
		return Finding{"kernelspec", false, old + "; \"go run ./kernel lab\" rewrites it"}
	}
	return Finding{"kernelspec", true, e.specFolder()}
}

// examineSpec checks a kernelspec that install wrote, for this checkout or another.
func (e *Environment) examineSpec(folder string, spec kernelspec) Finding {
	module := cmp.Or(spec.Metadata[ofCheckout], spec.Metadata[courseOf])
	fix := fmt.Sprintf("; \"go run ./kernel install%s\"", installFlags(folder))
	if module != e.Module {
		fix += " in " + module
	}
	fix += " rewrites it"
	of := ""
	if everyone := spec.Env[envvar.Shared] != ""; everyone || !mine(folder) {
		of = ", of " + ownerOf(folder)
		if everyone {
			of += ", for every user"
		}
		if !mine(folder) {
			fix += ", run by " + ownerOf(folder)
		}
	}
	for _, needed := range []string{spec.Metadata[courseOf], spec.Argv[0], spec.Env[envvar.Go]} {
		if _, err := os.Stat(needed); needed != "" && err != nil {
			return Finding{"installed", false, fmt.Sprintf("%s%s needs %s, which is gone%s, or remove the folder", folder, of, needed, fix)}
		}
	}
	if module == e.Module {
		if old := e.outOfDate(folder, spec); old != "" {
			return Finding{"installed", false, folder + of + " is out of date: " + old + fix}
		}
	}
	return Finding{"installed", true, folder + of}
}

// outOfDate says in what a kernelspec of this checkout differs from the one that install would write now. It is empty if
// they do the same.
func (e *Environment) outOfDate(folder string, spec kernelspec) string {
	shared := spec.Env[envvar.Shared]
	if shared == "" {
		return difference(spec, e.withoutPython().spec(filepath.Base(folder)))
	}
	now, err := e.version(spec.Metadata[ofPython])
	if err == nil && now != filepath.Base(shared) {
		return "the checkout or Go has changed"
	}
	return ""
}

// withoutPython is the environment that install knows.
func (e *Environment) withoutPython() *Environment {
	without := *e
	without.Python = Python{}
	return &without
}

// installFlags are the flags with which install writes into folder.
func installFlags(folder string) (flags string) {
	data := filepath.Dir(filepath.Dir(folder))
	if name := filepath.Base(folder); name != KernelName {
		flags = " --name " + name
	}
	if own, err := dataFolder(""); err == nil && own == data {
		return flags
	}
	return flags + " --prefix " + shellWord(filepath.Dir(filepath.Dir(data)))
}
