package image

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
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
