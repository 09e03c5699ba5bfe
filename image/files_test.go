package image

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// These tests look at files of the repository, and need no image.

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// withoutComments drops the lines that begin with a mark.
func withoutComments(text, mark string) string {
	return regexp.MustCompile(`(?m)^\s*`+regexp.QuoteMeta(mark)+`.*\n`).ReplaceAllString(text, "")
}

func TestNothingAssumesAnArchitecture(t *testing.T) {
	for _, name := range []string{"Dockerfile", "image/lean", "image/test", "image/sbom/main.go", "kernel/container.go"} {
		mark := map[bool]string{true: "//", false: "#"}[strings.HasSuffix(name, ".go")]
		if found := regexp.MustCompile(`(?i)\b(amd64|x86_64|x86-64|arm64|aarch64)\b`).FindString(withoutComments(read(t, name), mark)); found != "" {
			t.Errorf("%s names %s", name, found)
		}
	}
}

// Whoever builds it gets the same: bases by digest and a tag with a Debian release, packages by version. Older builders
// know neither heredocs nor mounts of caches.
func TestTheDockerfilePinsItsBasesAndPackages(t *testing.T) {
	text := withoutComments(read(t, "Dockerfile"), "#")
	stages := map[string]bool{}
	for _, from := range regexp.MustCompile(`(?m)^FROM (\S+) AS (\S+)$`).FindAllStringSubmatch(text, -1) {
		if !stages[from[1]] && !regexp.MustCompile(`^[a-z]+:[^:@]*(bookworm|trixie|forky)[^:@]*@sha256:[0-9a-f]{64}$`).MatchString(from[1]) {
			t.Errorf("FROM %s: want a tag with the Debian release, and a digest", from[1])
		}
		stages[from[2]] = true
	}
	if got, want := len(stages), strings.Count(text, "FROM "); got != want || got < 3 {
		t.Errorf("%d stages have a name, of %d", got, want)
	}
	for _, never := range []string{"<<", "--mount=", "curl ", "wget ", "sudo", ":latest"} {
		if strings.Contains(text, never) {
			t.Errorf("it has %q", never)
		}
	}
	packages := regexp.MustCompile(`apt-get install [^\\]*\\\n([^&]*)`).FindStringSubmatch(text)
	if packages == nil {
		t.Fatal("it installs no packages")
	}
	for _, name := range strings.Fields(strings.ReplaceAll(packages[1], `\`, "")) {
		if !strings.Contains(name, "=") && name != "ca-certificates" { // which is to be the newest
			t.Errorf("package %s has no version", name)
		}
	}
	mod := read(t, "go.mod")
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(mod)
	if version == nil || !strings.Contains(text, "FROM golang:"+version[1]+".") {
		t.Errorf("the base's Go is not that of go.mod, %q", version)
	}
}

// The fields are those of containers.dev's schema, devContainer.base.schema.json.
func TestTheDevcontainerIsOfTheImage(t *testing.T) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(withoutComments(read(t, ".devcontainer/devcontainer.json"), "//"))))
	decoder.DisallowUnknownFields()
	var d struct {
		Name  string `json:"name"`
		Build struct {
			Dockerfile string `json:"dockerfile"`
			Context    string `json:"context"`
		} `json:"build"`
		RemoteUser        string `json:"remoteUser"`
		PostCreateCommand string `json:"postCreateCommand"`
		Customizations    map[string]struct {
			Extensions []string `json:"extensions"`
		} `json:"customizations"`
	}
	if err := decoder.Decode(&d); err != nil {
		t.Fatal(err)
	}
	read(t, filepath.Join(".devcontainer", d.Build.Dockerfile)) // paths are relative to the file's folder
	if context := filepath.Join(".devcontainer", d.Build.Context); context != "." {
		t.Errorf("the context is %s, want the repository", context)
	}
	if !strings.Contains(read(t, "Dockerfile"), "\nUSER "+d.RemoteUser+"\n") {
		t.Errorf("the Dockerfile has no user %q", d.RemoteUser)
	}
	if d.PostCreateCommand != "kernel install" {
		t.Errorf("after it was created it runs %q, want what makes the kernel find this checkout", d.PostCreateCommand)
	}
}

// What is known of the standard library of another Go says nothing of what is shipped.
func TestTheWorkflowHasTheImagesGo(t *testing.T) {
	versions := regexp.MustCompile(`go-version: "([\d.]+)"`).FindAllStringSubmatch(read(t, ".github/workflows/test.yml"), -1)
	for _, version := range versions {
		if !strings.Contains(read(t, "Dockerfile"), "FROM golang:"+version[1]+"-") {
			t.Errorf("the workflow has Go %s, and the Dockerfile another", version[1])
		}
	}
	if strings.Count(read(t, ".github/workflows/test.yml"), "actions/setup-go@") != len(versions) {
		t.Errorf("%d versions of Go are named, want one each time that Go is set up", len(versions))
	}
}

func TestActionsArePinnedByCommit(t *testing.T) {
	uses := regexp.MustCompile(`(?m)uses: (\S+)( # v[\d.]+)?$`).FindAllStringSubmatch(read(t, ".github/workflows/test.yml"), -1)
	if len(uses) == 0 {
		t.Fatal("no actions are used")
	}
	for _, use := range uses {
		if !regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40}$`).MatchString(use[1]) || use[2] == "" {
			t.Errorf("%s: want a commit, and its version behind it", use[0])
		}
	}
}
