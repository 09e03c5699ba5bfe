package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/setup"
)

// An editor may start the kernel from its kernelspec alone, in any folder.
func TestAKernelStartsFromItsKernelspecAlone(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	c := newClient(t, env)
	c.cmd.Dir = t.TempDir()
	c.cmd.Env = nil
	content, err := os.ReadFile(filepath.Join(env.Data(), "kernels", setup.KernelName, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct{ Env map[string]string }
	if err := json.Unmarshal(content, &spec); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Env)) {
		c.cmd.Env = append(c.cmd.Env, name+"="+strings.ReplaceAll(spec.Env[name], "${PATH}", ""))
	}
	c.start()
	c.execute("import \"multiprocessing/lib/primes\"\n\n%%\nfmt.Println(primes.Nth(4))").wantOK("7\n")
	c.execute("!echo shell").wantOK("shell\n")
	c.eventually("it completes", func() bool {
		reply := c.wait(c.request(c.shell, "complete_request", map[string]any{"code": "%%\nfmt.Printl", "cursor_pos": 13})).reply
		return strings.Contains(string(reply.Content), `"matches":["Println"]`)
	})
}
