// Command sbom prints what is in the image as a CycloneDX bill of materials: the packages of Debian and of Python, and
// the modules of Go. It asks the package managers themselves, so that what it lists is what is there; the image's build
// runs it when everything else is in its place.
//
//	sbom -module COURSE -python VENV/bin/python >sbom.cdx.json
//
// Scanners match the package URLs with their lists of known vulnerabilities.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// component is a thing that someone else wrote, in CycloneDX's words.
type component struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
}

func main() {
	module := flag.String("module", ".", "folder of the Go module")
	python := flag.String("python", "python3", "Python whose packages are listed")
	flag.Parse()
	if err := write(os.Stdout, *module, *python); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func write(out io.Writer, module, python string) error {
	var all []component
	for _, list := range []func() ([]component, error){
		debianPackages,
		func() ([]component, error) { return pythonPackages(python) },
		func() ([]component, error) { return goModules(module) },
	} {
		found, err := list()
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", " ")
	return encoder.Encode(map[string]any{
		"bomFormat":   "CycloneDX",
		"specVersion": "1.5",
		"version":     1,
		"metadata":    map[string]any{"component": map[string]string{"type": "container", "name": "multiprocessing"}},
		"components":  all,
	})
}

func debianPackages() ([]component, error) {
	lines, err := output("", "dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\n")
	if err != nil {
		return nil, err
	}
	var found []component
	for line := range strings.Lines(lines) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			return nil, fmt.Errorf("dpkg-query: unexpected line %q", line)
		}
		purl := fmt.Sprintf("pkg:deb/debian/%s@%s?arch=%s", fields[0], url.PathEscape(fields[1]), fields[2])
		found = append(found, component{"library", fields[0], fields[1], purl})
	}
	return found, nil
}

func pythonPackages(python string) ([]component, error) {
	text, err := output("", python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check")
	if err != nil {
		return nil, err
	}
	var packages []struct{ Name, Version string }
	if err := json.Unmarshal([]byte(text), &packages); err != nil {
		return nil, fmt.Errorf("pip list: %w", err)
	}
	var found []component
	for _, p := range packages {
		name := strings.ToLower(strings.ReplaceAll(p.Name, "_", "-"))
		found = append(found, component{"library", p.Name, p.Version, "pkg:pypi/" + name + "@" + url.PathEscape(p.Version)})
	}
	return found, nil
}

// goModules lists the modules that go.mod selects, and the toolchain with its standard library.
func goModules(module string) ([]component, error) {
	lines, err := output(module, "go", "list", "-m", "-f", "{{if not .Main}}{{with .Replace}}{{.Path}} {{.Version}}{{else}}{{.Path}} {{.Version}}{{end}}{{end}}", "all")
	if err != nil {
		return nil, err
	}
	version := strings.TrimPrefix(runtime.Version(), "go")
	found := []component{{"library", "stdlib", version, "pkg:golang/stdlib@" + version}}
	for line := range strings.Lines(lines) {
		if path, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found = append(found, component{"library", path, version, "pkg:golang/" + path + "@" + url.PathEscape(version)})
		}
	}
	return found, nil
}

func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(exit.Stderr)))
	}
	return string(out), err
}
