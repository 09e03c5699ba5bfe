package image

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTheImageIsSmallEnough(t *testing.T) {
	if size := theEngine(t).megabytes(t, imageName); size > 1800 {
		t.Errorf("it has %d MB, want at most 1800", size)
	} else {
		t.Logf("%d MB", size)
	}
}

func TestTheUserIsNobodySpecial(t *testing.T) {
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
	c := theEngine(t).config(t, imageName)
	if c.Labels["org.opencontainers.image.title"] == "" || c.Labels["org.opencontainers.image.licenses"] != "Apache-2.0" {
		t.Errorf("its labels are %q", c.Labels)
	}
	if _, ok := c.ExposedPorts["8888/tcp"]; !ok {
		t.Errorf("it exposes %v, want 8888/tcp", c.ExposedPorts)
	}
}

func TestTheBillOfMaterialsListsWhatIsThere(t *testing.T) {
	out := shell(t, `cat /opt/multiprocessing/sbom.cdx.json; printf '\n--\n'; dpkg-query -W -f '${Package} ${Version}\n'; /opt/multiprocessing/python/bin/python -m pip list --format freeze --disable-pip-version-check; go version -m /opt/multiprocessing/setup/tools-*/bin/gonb`)
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
	if checked < 150 {
		t.Errorf("only %d packages were looked for:\n%s", checked, rest)
	}
}

func TestTheFirstCellIsWarm(t *testing.T) {
	l := serve(t, run{})
	out := l.inside(t, "sh", "-c", `cd /tmp && mkdir first && cd first && PATH=$(echo $MULTIPROCESSING_SETUP/tools-*/bin):$PATH
export MULTIPROCESSING_GO=/usr/local/go/bin/go GOFLAGS='-ldflags=-w -tags=netgo,osusergo' GOPROXY=off
go mod init first >/dev/null 2>&1
printf 'package main\n\nimport (\n"fmt"\n"multiprocessing/lib/pool"\n"multiprocessing/lib/timing"\n)\n\nvar _, _ = pool.New, timing.Compare\n\nfunc main() { fmt.Println("built") }\n' >main.go
go get >/dev/null 2>&1; go build -x -o first . 2>&1 | grep -c '/compile ' || true; ./first`)
	// Only the cell's own package is compiled.
	if out != "1\nbuilt\n" {
		t.Errorf("a first cell with lib compiled and printed %q, want one package compiled", out)
	}
}

func TestItStopsInLessThanFiveSecondsAndNothingIsLeft(t *testing.T) {
	l := serve(t, run{})
	if out := l.inside(t, "kernel", "container", "--health"); out != "" {
		t.Errorf("the health check says %q", out)
	}
	startKernel(t, l, "%%\nfor { time.Sleep(time.Second) }")
	asked := time.Now()
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	out, err := l.wait(t, 20*time.Second)
	if took := time.Since(asked); took > 5*time.Second || err != nil {
		t.Errorf("it took %s to stop (%v), want less than 5 s and exit status 0:\n%s", took, err, out)
	} else {
		t.Logf("stopped in %s", took)
	}
	if !strings.Contains(out, "Stopped") {
		t.Errorf("it does not say that it stopped:\n%s", out)
	}
}

func TestTheHealthCheckFailsWhenNothingServes(t *testing.T) {
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

func TestATokenIsAlwaysAsked(t *testing.T) {
	const given = "a-token-that-was-given"
	secrets := t.TempDir()
	write(t, filepath.Join(secrets, "token"), given+"\n")
	for name, r := range map[string]run{
		"none given":          {},
		"in the environment":  {env: []string{"TOKEN=" + given}},
		"in a file":           {env: []string{"TOKEN_FILE=/given/token"}, mounts: map[string]string{"/given": secrets}},
		"as a secret":         {mounts: map[string]string{"/run/secrets": secrets}},
		"a password and none": {env: []string{"PASSWORD=" + given}},
	} {
		t.Run(name, func(t *testing.T) {
			l := serve(t, r)
			want := given
			if name == "none given" {
				want = l.token
				if len(want) < 20 {
					t.Fatalf("the token printed is %q, want a long one", want)
				}
			} else if strings.Contains(l.output(), given) || l.token != "" {
				t.Errorf("what was given is in the log:\n%s", l.output())
			}
			if name == "a password and none" {
				if got := logIn(t, l, given); got != http.StatusOK {
					t.Errorf("with the password it answers %d", got)
				}
				if got := logIn(t, l, given+"x"); got == http.StatusOK {
					t.Error("a wrong password lets one in")
				}
			} else if got := status(t, l.base+"/api/contents", want); got != http.StatusOK {
				t.Errorf("with the token it answers %d", got)
			}
			for _, token := range []string{"", "wrong", want + "x", want[1:]} {
				if got := status(t, l.base+"/api/contents", token); got != http.StatusForbidden {
					t.Errorf("with token %q it answers %d, want 403", token, got)
				}
			}
			if out := l.inside(t, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"); strings.Contains(out, want) {
				t.Errorf("the secret is in a command line: %s", out)
			}
		})
	}
}

func TestAnEmptyTokenOrPasswordIsRefused(t *testing.T) {
	for _, setting := range []string{"TOKEN=", "PASSWORD=", "TOKEN_FILE=/dev/null", "PASSWORD_FILE=/no/such/file"} {
		out, err := start(t, run{env: []string{setting}}).wait(t, time.Minute)
		if err == nil || strings.Count(out, "\n") != 1 || !strings.Contains(out, strings.TrimSuffix(strings.Split(setting, "=")[0], "_FILE")) {
			t.Errorf("%s: %v, %q; want one line that names it", setting, err, out)
		}
	}
}

func TestItRunsOnAReadOnlyRoot(t *testing.T) {
	for name, tmpfs := range map[string][]string{
		"with a home":    {"/tmp", "/home/jovyan"},
		"without a home": {"/tmp"},
	} {
		t.Run(name, func(t *testing.T) {
			l := serve(t, run{readOnly: true, tmpfs: tmpfs})
			if got := runCell(t, l, "import \"multiprocessing/lib/pool\"\n\n%%\nvar _ = pool.New\nfmt.Println(6*7)"); !strings.Contains(got, "42") {
				t.Errorf("a cell shows %q, want 42", got)
			}
			if saved := !strings.Contains(l.output(), "cannot be saved"); saved != (len(tmpfs) == 2) {
				t.Errorf("notebooks can be saved: %v:\n%s", saved, l.output())
			}
		})
	}
}

func TestAVolumeOverTheHomeHidesNothing(t *testing.T) {
	home := t.TempDir()
	if err := os.Chmod(home, 0o777); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(home, "notebooks", "05-primes.ipynb")
	for _, content := range []string{"", "{}"} {
		if content != "" {
			if err := os.WriteFile(changed, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		l := serve(t, run{mounts: map[string]string{"/home/jovyan": home}})
		if got := runCell(t, l, "%%\nfmt.Println(6*7)"); !strings.Contains(got, "42") {
			t.Errorf("a cell shows %q, want 42", got)
		}
		if kept, err := os.ReadFile(changed); err != nil || content != "" && string(kept) != content {
			t.Errorf("the reader's notebook is %q (%v), want it as it was", kept[:min(len(kept), 20)], err)
		}
		if err := l.stop(); err != nil {
			t.Fatal(err)
		}
		_, _ = l.wait(t, 20*time.Second)
	}
}

func TestAFolderOfAnotherOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder to another user")
	}
	folder := t.TempDir()
	if err := os.Chown(folder, 4321, 4321); err != nil {
		t.Fatal(err)
	}
	over := map[string]string{"/home/jovyan/notebooks": folder}
	out, err := start(t, run{mounts: over}).wait(t, time.Minute)
	if err == nil || !strings.Contains(out, "belongs to user 4321 and this container runs as user 1000: start it with --user 4321:4321") {
		t.Errorf("%v, %q; want what to do about it", err, out)
	}
	l := serve(t, run{mounts: over, user: "4321:4321"})
	if got := runCell(t, l, "%%\nfmt.Println(6*7)"); !strings.Contains(got, "42") {
		t.Errorf("as the folder's owner a cell shows %q, want 42", got)
	}
	if _, err := os.Stat(filepath.Join(folder, "05-primes.ipynb")); err != nil {
		t.Error("the course was not copied:", err)
	}
}

func TestTheMachineFactsShowTheLimits(t *testing.T) {
	l := serve(t, run{memory: 1024, cpus: 1.5})
	got := runCell(t, l, "import \"multiprocessing/lib/timing\"\n\n%%\nfmt.Println(timing.Machine())")
	if !strings.Contains(got, "1.5") {
		t.Errorf("the machine's facts are %q, want the limit of 1.5 cores in them", got)
	}
}

func TestBinderStartsIt(t *testing.T) {
	// Binder replaces the command: it takes the python3 on PATH, asks it for JupyterLab, and gives these arguments.
	c := start(t, run{served: true, command: []string{"python3", "-c", `import jupyterlab, os, sys; os.execvp("jupyter-lab", sys.argv)`,
		"--ip=0.0.0.0", "--port=8888", "--NotebookApp.base_url=/user/reader/", "--NotebookApp.token=from-binder", "--NotebookApp.trust_xheaders=True"}})
	url := ""
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if strings.Contains(c.output(), "/user/reader/lab") {
			url = "http://" + c.address() + "/user/reader/api/kernelspecs"
			break
		}
	}
	if url == "" {
		t.Fatalf("it does not start:\n%s", c.output())
	}
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "token from-binder")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var specs struct{ Kernelspecs map[string]json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&specs); err != nil || specs.Kernelspecs["gonb"] == nil {
		t.Errorf("%v, kernels %v; want gonb among them", err, specs.Kernelspecs)
	}
}

func TestHeadlessRunsNotebooksAndHasNoJupyterLab(t *testing.T) {
	theEngine(t)
	if headlessName == "" {
		t.Skip("image/test builds the target headless where that is asked for")
	}
	out := do(t, run{image: headlessName, command: []string{"notebooks/05-primes.ipynb", "--budget", "200ms"}})
	if !strings.Contains(out, "ok ") {
		t.Errorf("a notebook's run says %q", out)
	}
	out, err := start(t, run{image: headlessName, plain: true, command: []string{"kernel", "lab"}}).wait(t, time.Minute)
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
