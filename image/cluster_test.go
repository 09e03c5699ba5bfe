package image

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// manifest finds in a manifest the command of a container, and the arguments that begin the lines below.
var manifest = regexp.MustCompile(`command: \[(.*)\]\n\s+args:\n((?:\s+- .*\n)+)`)

func TestTheManifestsNameWhatIsInTheImage(t *testing.T) {
	t.Parallel()
	theEngine(t)
	files, err := filepath.Glob("../deploy/kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{} // command: all of its arguments
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range manifest.FindAllStringSubmatch(string(content), -1) {
			words := strings.Split(found[1], ", ")
			named[words[len(words)-1]] = found[2]
			if words[0] != "tini" || words[1] != "--" {
				t.Errorf("%s: the command is %q, want it below tini", file, words)
			}
		}
	}
	if named["worker"] == "" || named["primes"] == "" {
		t.Fatalf("the manifests name the commands %v, want worker and primes among them", named)
	}
	for _, image := range images() {
		for command, args := range named {
			help := do(t, run{image: image, plain: true, command: []string{"sh", "-c", "tini -- " + command + " --help 2>&1 || test " + command + " = primes; go version -m $(command -v " + command + ")"}})
			for _, flag := range regexp.MustCompile(`- --([a-z]+)`).FindAllStringSubmatch(args, -1) {
				if !strings.Contains(help, "-"+flag[1]) {
					t.Errorf("%s: %s knows no flag --%s:\n%s", image, command, flag[1], help)
				}
			}
			if !strings.Contains(help, "-ldflags=-s\n") {
				t.Errorf("%s: %s is not stripped:\n%s", image, command, help)
			}
		}
	}
}

// A worker refuses a task whose code is not its own. The client is built from this checkout, by the container's Go.
func TestTheWorkerWorksForAClientOfTheSameCheckout(t *testing.T) {
	t.Parallel()
	theEngine(t)
	checkout := t.TempDir()
	if err := os.Chmod(checkout, 0o755); err != nil {
		t.Fatal(err)
	}
	copyInto(t, checkout, "go.mod", "go.sum", "internal", "lib", "image/testdata/client")
	out := do(t, run{plain: true, mounts: map[string]string{"/tmp/checkout": checkout},
		command: []string{"sh", "-c", "cd /tmp/checkout && go build -tags=netgo,osusergo -o /tmp/client ./image/testdata/client && /tmp/client"}})
	if !strings.Contains(out, "[2 3 5 224737]") {
		t.Errorf("the client says %q, want the primes", out)
	}
}

// copyInto copies files and folders of the checkout.
func copyInto(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		from, to := filepath.Join("..", filepath.FromSlash(name)), filepath.Join(folder, filepath.FromSlash(name))
		info, err := os.Stat(from)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			err = os.CopyFS(to, os.DirFS(from))
		} else {
			var content []byte
			if content, err = os.ReadFile(from); err == nil {
				err = os.WriteFile(to, content, 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
