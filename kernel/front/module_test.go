package main

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func saysHowToAddAModule(t *testing.T, c *client) {
	c.execute("%env GOPROXY off")
	r := c.execute("import \"example.com/nowhere\"\n\n%%\nnowhere.Go()")
	if r.status() != "error" || !strings.Contains(r.traceback(), "!*go get") || !strings.Contains(r.traceback(), "example.com/nowhere") {
		t.Errorf("status %s, %s\n%s", r.status(), r.said(), r.traceback())
	}
	c.execute("%rm nowhere")
}

// A folder with what a proxy serves is the network here, and the module cache is the test's own.
func TestANewModuleIsAddedAsTheErrorSays(t *testing.T) {
	t.Parallel()
	proxy, modules := t.TempDir(), t.TempDir()
	serveModule(t, proxy)
	t.Cleanup(func() { // what go writes there is read only
		clean := exec.Command("go", "clean", "-modcache")
		clean.Env = append(os.Environ(), "GOMODCACHE="+modules)
		if out, err := clean.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	c := startKernel(t, setUp(t), "GONOSUMDB=*", "GOMODCACHE="+modules,
		"GOPROXY=file://"+proxy+",file://"+filepath.Join(strings.TrimSpace(string(cache)), "cache", "download"))
	const cell = "import \"example.com/fresh\"\n\n%%\nfmt.Println(fresh.Word)"
	if r := c.execute(cell); r.status() != "error" || !strings.Contains(r.traceback(), "!*go get example.com/fresh") {
		t.Errorf("before it is added: %s, %s\n%s", r.status(), r.said(), r.traceback())
	}
	if r := c.execute("!*go get example.com/fresh"); r.status() != "ok" {
		t.Fatalf("%s\n%s", r.said(), r.stream("stderr"))
	}
	c.execute(cell).wantOK("fresh\n")
}

// serveModule puts the module example.com/fresh where proxy serves it.
func serveModule(t testing.TB, proxy string) {
	t.Helper()
	folder := filepath.Join(proxy, "example.com", "fresh", "@v")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	const module = "module example.com/fresh\n\ngo 1.22\n"
	files := map[string]string{"go.mod": module, "fresh.go": "package fresh\n\n// Word is fresh.\nconst Word = \"fresh\"\n"}
	archive, err := os.Create(filepath.Join(folder, "v1.2.3.zip"))
	if err != nil {
		t.Fatal(err)
	}
	writer := zip.NewWriter(archive)
	for name, content := range files {
		file, err := writer.Create("example.com/fresh@v1.2.3/" + name)
		if err == nil {
			_, err = file.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"list": "v1.2.3\n", "v1.2.3.mod": module, "v1.2.3.info": `{"Version": "v1.2.3", "Time": "2024-01-01T00:00:00Z"}`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
