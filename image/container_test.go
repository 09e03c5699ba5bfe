package image

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Its parts are told, for docs/image.md.
func TestTheImageIsSmallEnough(t *testing.T) {
	if size := theEngine(t).megabytes(t, imageName); size > 1800 {
		t.Errorf("it has %d MB, want at most 1800", size)
	} else {
		t.Logf("%d MB", size)
	}
	t.Log(shell(t, `du -smxc --exclude=/proc --exclude=/sys --exclude=/dev /usr/local/go /opt/multiprocessing/go /opt/multiprocessing/go-build \
		/opt/multiprocessing/setup/python-* /opt/multiprocessing/setup/tools-* /opt/multiprocessing/setup/cells /opt/multiprocessing/bin /opt/multiprocessing / 2>/dev/null || true`)) // what it may not read is small
}

// A build cache is trimmed some day. Nothing that cells import may lack a source then, whatever image/lean has removed.
func TestWhatIsCompiledCanBeCompiledAgain(t *testing.T) {
	t.Parallel()
	for what, flags := range map[string]string{"cells": "-tags=netgo,osusergo", "the race detector": "-race"} {
		out := shell(t, `cd /opt/multiprocessing/course && export GOCACHE=/tmp/empty GOPROXY=off
			go list -deps `+flags+` -f '{{with .Error}}{{.}}{{"\n"}}{{end}}`+eachSource+`' ./lib/... github.com/janpfeifer/gonb/gonbui github.com/go-gota/gota/series >/tmp/sources
			xargs ls -d </tmp/sources >/tmp/found; wc -l </tmp/found`)
		if files, err := strconv.Atoi(strings.TrimSpace(out)); err != nil || files < 2500 {
			t.Errorf("for %s: %s; want only how many sources there are, some thousands", what, out)
		}
	}
}

// eachSource has go list print all files that a package is compiled from, and what is wrong with it.
var eachSource = func() string {
	var format strings.Builder
	for _, kind := range []string{"GoFiles", "CgoFiles", "CFiles", "SFiles", "HFiles", "SysoFiles", "EmbedFiles"} {
		fmt.Fprintf(&format, `{{$folder := .Dir}}{{range .%s}}{{$folder}}/{{.}}{{"\n"}}{{end}}`, kind)
	}
	return format.String()
}()

func TestTheUserIsNobodySpecial(t *testing.T) {
	t.Parallel()
	out := shell(t, "id -un; id -u; id -G; command -v sudo || echo no sudo; cat /proc/self/status")
	if !strings.HasPrefix(out, "jovyan\n1000\n1000\nno sudo\n") {
		t.Errorf("it is %q, want jovyan, 1000, in its own group alone, and no sudo", out[:min(len(out), 40)])
	}
	for _, line := range []string{"CapEff:\t0000000000000000", "NoNewPrivs:\t1"} {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in its status", line)
		}
	}
}

func TestNothingSecretIsInTheImage(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields(shell(t, `find / -xdev \( -name 'notebook_secret' -o -name 'jupyter_cookie_secret' -o -name 'nbsignatures*' -o -name '*.log' -not -path '/usr/local/go/*' -not -path '/opt/multiprocessing/go/*' -o -name '.git' -o -name 'installed.json' -o -name 'id_*' -path '*/.ssh/*' \) -not -path '/proc/*' -not -path '/sys/*' -not -path '/dev/*' 2>/dev/null || true`)) {
		t.Errorf("%s is in it", name)
	}
	for _, setting := range theEngine(t).config(t, imageName).Env {
		if name, _, _ := strings.Cut(setting, "="); regexp.MustCompile(`(?i)token|password|secret|proxy|index`).MatchString(name) {
			t.Errorf("its environment has %s", name)
		}
	}
}

// The image is one for all architectures: what it says of itself names none.
func TestTheImageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	theEngine(t)
	for _, name := range images() {
		c := theEngine(t).config(t, name)
		if c.Labels["org.opencontainers.image.title"] == "" || c.Labels["org.opencontainers.image.licenses"] != "Apache-2.0" {
			t.Errorf("%s: its labels are %q", name, c.Labels)
		}
		if !slices.Equal(c.Entrypoint[:min(2, len(c.Entrypoint))], []string{"tini", "--"}) || c.User != "jovyan" {
			t.Errorf("%s: its entry point is %q, its user %q; want tini first, and jovyan", name, c.Entrypoint, c.User)
		}
	}
	c := theEngine(t).config(t, imageName)
	if _, ok := c.ExposedPorts["8888/tcp"]; !ok {
		t.Errorf("it exposes %v, want 8888/tcp", c.ExposedPorts)
	}
	if want := []string{"tini", "--"}; !slices.Equal(c.Entrypoint, want) {
		t.Errorf("its entry point is %q, want %q", c.Entrypoint, want)
	}
	dockerfile, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	check := regexp.MustCompile(`(?m)^HEALTHCHECK .*CMD \["(\w+)", "(\w+)", "(--\w+)"\]$`).FindStringSubmatch(string(dockerfile))
	if len(check) == 0 || c.Healthcheck != nil && !slices.Equal(c.Healthcheck.Test, append([]string{"CMD"}, check[1:]...)) {
		t.Errorf("its health check is %v, and the Dockerfile has %q", c.Healthcheck, check)
	}
}

func TestTheBillOfMaterialsListsWhatIsThere(t *testing.T) {
	t.Parallel()
	theEngine(t)
	for _, name := range images() {
		t.Run(name, func(t *testing.T) { theBillListsWhatIsThere(t, name) })
	}
}

func theBillListsWhatIsThere(t *testing.T, image string) {
	out := do(t, run{image: image, plain: true, command: []string{"sh", "-c", `cat /opt/multiprocessing/sbom.cdx.json; printf '\n--\n'; dpkg-query -W -f '${Package} ${Version}\n'; /opt/multiprocessing/python/bin/python -m pip list --format freeze --disable-pip-version-check; go version -m /opt/multiprocessing/setup/tools-*/bin/gonb`}})
	text, rest, _ := strings.Cut(out, "\n--\n")
	var bill struct {
		BomFormat  string
		Components []struct{ Name, Version, PURL string }
	}
	decode(t, []byte(text), &bill)
	listed := map[string]bool{}
	for _, c := range bill.Components {
		listed[c.Name+" "+c.Version] = true
		if !strings.HasPrefix(c.PURL, "pkg:") {
			t.Errorf("%s has the package URL %q", c.Name, c.PURL)
		}
	}
	checked := 0
	for line := range strings.Lines(rest) {
		name, version, _ := strings.Cut(strings.TrimSpace(strings.Replace(line, "==", " ", 1)), " ")
		if strings.HasPrefix(line, "\t") { // of go version -m
			fields := strings.Fields(line)
			if len(fields) < 3 || fields[0] != "dep" && fields[0] != "mod" || fields[1] == "golang.org/x/tools" { // that one is replaced
				continue
			}
			name, version = fields[1], fields[2]
		} else if strings.HasPrefix(name, "/") { // its head line
			continue
		}
		if checked++; !listed[name+" "+version] {
			t.Errorf("it does not list %s %s", name, version)
		}
	}
	if checked < 140 {
		t.Errorf("only %d packages were looked for:\n%s", checked, rest)
	}
}

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

// status asks for a path with a token.
func status(t *testing.T, url, token string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "token "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

const given = "a-secret-that-was-given"

// wantAskedFor checks that the token lets one in and that nothing else does, and that the token is in no command line.
func wantAskedFor(t *testing.T, l lab, token string) {
	t.Helper()
	if got := status(t, l.base+"/api/contents", token); got != http.StatusOK {
		t.Errorf("with the token it answers %d", got)
	}
	wantRefused(t, l, token)
}

// wantRefused checks that no token which is not the secret lets one in, and that the secret is in no command line.
func wantRefused(t *testing.T, l lab, secret string) {
	t.Helper()
	for _, token := range []string{"", "wrong", secret + "x", secret[1:]} {
		if got := status(t, l.base+"/api/contents", token); got != http.StatusForbidden {
			t.Errorf("with token %q it answers %d, want 403", token, got)
		}
	}
	if out := l.inside(t, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"); strings.Contains(out, secret) {
		t.Errorf("the secret is in a command line: %s", out)
	}
}

func theTokenThatWasMadeIsAskedFor(t *testing.T, l lab) {
	if len(l.token) < 20 {
		t.Fatalf("the token printed is %q, want a long one", l.token)
	}
	wantAskedFor(t, l, l.token)
}

func TestATokenThatWasGivenIsAskedFor(t *testing.T) {
	t.Parallel()
	secrets := t.TempDir()
	write(t, filepath.Join(secrets, "token"), given+"\n")
	for name, r := range map[string]run{
		"in the environment": {env: []string{"TOKEN=" + given}},
		"in a file":          {env: []string{"TOKEN_FILE=/given/token"}, mounts: map[string]string{"/given": secrets}},
		"as a secret":        {mounts: map[string]string{"/run/secrets": secrets}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serve(t, r)
			if strings.Contains(l.output(), given) || l.token != "" {
				t.Errorf("what was given is in the log:\n%s", l.output())
			}
			wantAskedFor(t, l, given)
			l.token = given
			if got := runCell(t, l, "!env"); !strings.Contains(got, "GOFLAGS=") || strings.Contains(got, given) {
				t.Errorf("a cell that prints its environment shows the token: %s", got)
			}
		})
	}
}

func TestAPasswordThatWasGivenIsAskedFor(t *testing.T) {
	t.Parallel()
	secrets := t.TempDir()
	write(t, filepath.Join(secrets, "password"), given+"\n")
	for name, r := range map[string]run{
		"in the environment": {env: []string{"PASSWORD=" + given}},
		"in a file":          {env: []string{"PASSWORD_FILE=/given/password"}, mounts: map[string]string{"/given": secrets}},
		"as a secret":        {mounts: map[string]string{"/run/secrets": secrets}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serve(t, r)
			if strings.Contains(l.output(), given) || l.token != "" {
				t.Errorf("what was given is in the log, or a token:\n%s", l.output())
			}
			if got := logIn(t, l, given); got != http.StatusOK {
				t.Errorf("with the password it answers %d", got)
			}
			if got := logIn(t, l, given+"x"); got == http.StatusOK {
				t.Error("a wrong password lets one in")
			}
			wantRefused(t, l, given)
		})
	}
}

func TestAnEmptyTokenOrPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"TOKEN=", "PASSWORD=", "TOKEN_FILE=/dev/null", "PASSWORD_FILE=/no/such/file"} {
		out, err := start(t, run{env: []string{setting}}).wait(t, time.Minute)
		if err == nil || strings.Count(out, "\n") != 1 || !strings.Contains(out, strings.TrimSuffix(strings.Split(setting, "=")[0], "_FILE")) {
			t.Errorf("%s: %v, %q; want one line that names it", setting, err, out)
		}
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
		command: []string{"sh", "-c", "mkdir ~/course && cd /mnt && cp -r go.mod go.sum lib kernel ~/course && cd ~/course && " + d.PostCreateCommand + " && cat ~/.local/share/jupyter/kernels/gonb/kernel.json"}})
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
