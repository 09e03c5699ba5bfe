package chart_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkBuild takes the time to build a program of one line that imports
// packages of the library, after a change of it: what they cost a reader who
// waits for a cell.
func BenchmarkBuild(b *testing.B) {
	for _, imports := range []string{"", "display", "timing", "timing display", "timing display chart", "timing display explain", "display explore", "timing display chart explore"} {
		b.Run(strings.Join(append([]string{"fmt"}, strings.Fields(imports)...), "+"), func(b *testing.B) { benchmarkBuild(b, strings.Fields(imports)) })
	}
}

func benchmarkBuild(b *testing.B, imports []string) {
	folder := b.TempDir()
	source, overlay := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json")
	virtual, err := filepath.Abs("testdata/cell/main.go") // inside the module, and not on the disk
	if err != nil {
		b.Fatal(err)
	}
	content, err := json.Marshal(map[string]map[string]string{"Replace": {virtual: source}})
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(overlay, content, 0o600); err != nil {
		b.Fatal(err)
	}
	build := func(i int) {
		text := "package main\n\nimport (\n\t\"fmt\"\n"
		for _, name := range imports {
			text += fmt.Sprintf("\t_ \"multiprocessing/lib/%s\"\n", name)
		}
		text += fmt.Sprintf(")\n\nfunc main() { fmt.Println(%d) }\n", i)
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		out, err := exec.Command("go", "build", "-overlay", overlay, "-ldflags=-s -w", "-o", filepath.Join(folder, "cell"), "./testdata/cell").CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	build(-os.Getpid()) // the packages are compiled here, once
	for i := 0; b.Loop(); i++ {
		build(os.Getpid()*1_000_000 + i) // never built before, so nothing of it is cached
	}
}
