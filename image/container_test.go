package image

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A container is killed ten seconds after it was asked to stop. On a machine with nothing else to do it takes less than
// five.
func itStopsByItself(t *testing.T, l lab) {
	if out := l.inside(t, "kernel", "container", "--health"); out != "" {
		t.Errorf("the health check says %q", out)
	}
	k := newKernel(t, l)
	k.begin(t, "%%\nfmt.Println(\"runs\")\nfor {\n\ttime.Sleep(time.Second)\n}")
	k.until(t, "runs\n")
	asked := time.Now()
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	out, err := l.wait(t, 10*time.Second)
	if err != nil {
		t.Errorf("it ended by itself, but with %v, want exit status 0:\n%s", err, out)
	}
	t.Logf("stopped in %s", time.Since(asked))
	if !strings.Contains(out, "Stopped") {
		t.Errorf("it does not say that it stopped:\n%s", out)
	}
}

func TestTheHealthCheckFailsWhenNothingServes(t *testing.T) {
	t.Parallel()
	out, err := start(t, run{command: []string{"kernel", "container", "--health"}}).wait(t, time.Minute)
	if err == nil || !strings.Contains(out, "does not answer") {
		t.Errorf("%v, %q; want that it fails and says why", err, out)
	}
}

func TestItRunsOnAReadOnlyRoot(t *testing.T) {
	t.Parallel()
	for name, tmpfs := range map[string][]string{
		"with a home":    {"/tmp", "/home/jovyan"},
		"without a home": {"/tmp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serve(t, run{readOnly: true, tmpfs: tmpfs})
			wantFast(t, l)
			if saved := !strings.Contains(l.output(), "cannot be saved"); saved != (len(tmpfs) == 2) {
				t.Errorf("notebooks can be saved: %v:\n%s", saved, l.output())
			}
		})
	}
}

func TestAVolumeOverTheHomeHidesNothing(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "{}"} {
		home := t.TempDir()
		changed := filepath.Join(home, "notebooks", "05-primes.ipynb")
		if content != "" {
			if err := os.Mkdir(filepath.Dir(changed), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, changed, content)
		}
		lend(t, home, "1000:1000")
		l := serve(t, run{mounts: map[string]string{"/home/jovyan": home}})
		if got := runCell(t, l, "%%\nfmt.Println(6*7)"); !strings.Contains(got, "42") {
			t.Errorf("a cell shows %q, want 42", got)
		}
		if kept := l.inside(t, "cat", "notebooks/05-primes.ipynb"); content != "" && kept != content {
			t.Errorf("the reader's notebook is %q, want it as it was", kept[:min(len(kept), 20)])
		}
		if err := l.stop(); err != nil {
			t.Fatal(err)
		}
		_, _ = l.wait(t, 20*time.Second)
	}
}

func TestAFolderOfAnotherOwner(t *testing.T) {
	t.Parallel()
	theEngine(t)
	folder := t.TempDir()
	over := map[string]string{"/home/jovyan/notebooks": folder}
	for owner, want := range map[string]string{
		"0:0":       "belongs to root, and this runs as user 1000: make the folder yourself before it is mounted",
		"4321:4321": "belongs to user 4321, and this runs as user 1000: start the container with --user 4321:4321",
	} {
		lend(t, folder, owner)
		out, err := start(t, run{mounts: over}).wait(t, time.Minute)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%v, %q; want what to do about it: %s", err, out, want)
		}
	}
	lend(t, folder, "4321:4321")
	l := serve(t, run{mounts: over, user: "4321:4321"})
	wantFast(t, l)
	if out := l.inside(t, "ls", "notebooks"); !strings.Contains(out, "05-primes.ipynb") {
		t.Errorf("the course was not copied: %s", out)
	}
}

// lend gives a folder to a user until the test ends: this one has to remove it then.
func lend(t *testing.T, folder, user string) {
	t.Helper()
	theEngine(t).giveTo(t, folder, user)
	t.Cleanup(func() { theEngine(t).giveTo(t, folder, fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid())) })
}

func TestTheMachineFactsShowTheLimits(t *testing.T) {
	t.Parallel()
	l := serve(t, run{memory: 1536, cpus: 1.25})
	got := runCell(t, l, "import \"multiprocessing/lib/timing\"\n\n%%\nfmt.Println(timing.Machine())")
	for _, limit := range []string{"cgroup quota of 1.25 cores", "memory limit of 1.5 GiB"} {
		if !strings.Contains(got, limit) {
			t.Errorf("the machine's facts are %q, want a %s in them", got, limit)
		}
	}
}

// Binder replaces the command, and gives these arguments to what it starts: jupyter notebook, as its rules for a
// Dockerfile say, or the JupyterLab of the python3 on PATH, as mybinder.org does. The user is 1000, and the home is the
// user's; TestTheUserIsNobodySpecial and TestTheDockerfilePinsItsBasesAndPackages hold the other rules.
func TestBinderStartsIt(t *testing.T) {
	t.Parallel()
	theEngine(t)
	for name, command := range map[string][]string{
		"by its rules":    {"jupyter", "notebook"},
		"as mybinder.org": {"python3", "-c", `import jupyterlab, os, sys; os.execvp("jupyter-lab", sys.argv)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, run{served: true, command: append(command,
				"--ip=0.0.0.0", "--port=8888", "--NotebookApp.base_url=/user/reader/", "--NotebookApp.token=from-binder", "--NotebookApp.trust_xheaders=True")})
			l := lab{container: c, token: "from-binder"}
			for deadline := time.Now().Add(3 * time.Minute); l.base == ""; time.Sleep(100 * time.Millisecond) {
				if strings.Contains(c.output(), "/user/reader/lab") {
					l.base = "http://" + c.address() + "/user/reader"
				} else if time.Now().After(deadline) {
					t.Fatalf("it does not start:\n%s", c.output())
				}
			}
			var listed struct{ Content []struct{ Name string } }
			decode(t, call(t, l, http.MethodGet, "/api/contents", ""), &listed)
			if !strings.Contains(fmt.Sprint(listed.Content), "{notebooks}") {
				t.Errorf("it shows %v, want the notebooks in the home", listed.Content)
			}
			wantFast(t, l)
			if out := l.inside(t, "sh", "-c", "echo $HOME; touch $HOME/mine && id -u"); out != "/home/jovyan\n1000\n" {
				t.Errorf("the user's home and number are %q", out)
			}
		})
	}
}

// An editor gives the image's user the number of whoever opened the checkout, and the home with it.
func TestTheDevcontainersKernelIsOfTheCheckout(t *testing.T) {
	t.Parallel()
	theEngine(t)
	var d struct {
		PostCreateCommand string `json:"postCreateCommand"`
	}
	decode(t, []byte(withoutComments(read(t, ".devcontainer/devcontainer.json"), "//")), &d)
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	out := do(t, run{user: "4321:4321", tmpfs: []string{"/tmp", "/home/jovyan"}, mounts: map[string]string{"/mnt": checkout}, plain: true,
		command: []string{"sh", "-c", "mkdir ~/course && cd /mnt && cp -r go.mod go.sum internal lib kernel ~/course && cd ~/course && " + d.PostCreateCommand + " && cat ~/.local/share/jupyter/kernels/gonb/kernel.json"}})
	if !strings.Contains(out, `"MULTIPROCESSING_MODULE": "/home/jovyan/course"`) {
		t.Errorf("the kernel is not of the checkout: %s", out)
	}
}

func TestHeadlessRunsNotebooksAndHasNoJupyterLab(t *testing.T) {
	t.Parallel()
	theEngine(t)
	if headlessName == "" {
		t.Skip("image/test builds the target headless where that is asked for")
	}
	// As docs/image.md has it, with the folder that the reader made.
	kept := t.TempDir()
	reader := fmt.Sprintf("%d:%d", 4321, 4321)
	lend(t, kept, reader)
	mounts := map[string]string{"/home/jovyan/out": kept}
	out := do(t, run{image: headlessName, user: reader, mounts: mounts, command: []string{"notebooks/05-primes.ipynb", "-p", "workers=1,2", "-o", "out", "--budget", "200ms"}})
	if strings.Count(out, "ok ") != 2 {
		t.Errorf("a notebook's run says %q", out)
	}
	if out := do(t, run{image: headlessName, plain: true, user: reader, mounts: mounts, command: []string{"ls", "out"}}); strings.Count(out, ".ipynb") != 2 || !strings.Contains(out, "tables.csv") {
		t.Errorf("what was kept: %s", out)
	}
	out, err := start(t, run{image: headlessName, mounts: mounts, command: []string{"notebooks/05-primes.ipynb", "-o", "out"}}).wait(t, time.Minute)
	if err == nil || !strings.Contains(out, "start the container with --user "+reader) {
		t.Errorf("as another user: %v, %q; want what to do about it", err, out)
	}
	out, err = start(t, run{image: headlessName, plain: true, command: []string{"kernel", "lab"}}).wait(t, time.Minute)
	if err == nil || !strings.Contains(out, "JupyterLab is not in this set-up") {
		t.Errorf("lab: %v, %q; want that there is no JupyterLab", err, out)
	}
	fmt.Fprintf(t.Output(), "%d MB\n", theEngine(t).megabytes(t, headlessName))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
