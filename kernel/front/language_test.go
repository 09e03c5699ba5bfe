package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func completesWhileACellRuns(t *testing.T, c *client) {
	c.execute("type Pair struct{ Left, Right int }\n%%\nfmt.Println(Pair{1, 2})").wantOK("{1 2}\n")
	r := c.send("!echo begun; sleep 12353")
	r.printed("begun")
	const code = "%%\nlet := \"é😀\"; p := Pair{}; p.L"
	end := len([]rune(code)) // a position counts characters, of which gopls counts some twice
	// On a busy machine gopls is late. A client that asks again gets its answer.
	c.eventually("it completes", func() bool {
		reply := c.wait(c.request(c.shell, "complete_request", map[string]any{"code": code + " // more", "cursor_pos": end}))
		got := string(reply.reply.Content)
		return strings.Contains(got, `"matches":["Left"]`) && strings.Contains(got, fmt.Sprintf(`"cursor_start":%d`, end-1))
	})
	c.eventually("it inspects", func() bool {
		reply := c.wait(c.request(c.shell, "inspect_request", map[string]any{"code": "%%\nfmt.Println", "cursor_pos": 13, "detail_level": 0}))
		got := string(reply.reply.Content)
		return strings.Contains(got, `"found":true`) && strings.Contains(got, "func fmt.Println")
	})
	select {
	case <-r.done:
		t.Error("the cell has ended before it was interrupted")
	default:
	}
	c.interrupt()
	c.wait(r)
}

func TestAKernelWorksWhereAFoldersNameLooksLikeAPattern(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp("", "[x]? %41*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	completesWhileACellRuns(t, startKernel(t, setUp(t), "TMPDIR="+folder))
}

// TestASlowLanguageServerHoldsUpNoCellAndNoClient stops gopls, which runs from the first question to the kernel's end.
func TestASlowLanguageServerHoldsUpNoCellAndNoClient(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	complete := func() *asked {
		return c.request(c.shell, "complete_request", map[string]any{"code": "%%\nfmt.Printl", "cursor_pos": 13})
	}
	completes := func() bool {
		return strings.Contains(string(c.wait(complete()).reply.Content), `"matches":["Println"]`)
	}
	c.execute("%%\nfmt.Println(0)").wantOK("0\n")
	if c.running("gopls") {
		t.Error("gopls runs, and nobody has asked anything of it")
	}
	c.eventually("it completes", completes)
	if priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, c.process("gopls")); runtime.GOOS == "linux" && (err != nil || 20-priority != 10) {
		t.Errorf("gopls has niceness %d, %v; want 10, behind the cells", 20-priority, err)
	}
	signal := func(s syscall.Signal) { // to all: on a busy machine gopls may have been started again
		for _, gopls := range c.processesOf("gopls") {
			_ = syscall.Kill(gopls, s)
		}
	}
	signal(syscall.SIGSTOP)
	first := complete()
	inspected := c.request(c.shell, "inspect_request", map[string]any{"code": "%%\nfmt.Println", "cursor_pos": 13, "detail_level": 0})
	c.execute("%%\nfmt.Println(1)").wantOK("1\n")
	select {
	case <-first.done:
		t.Errorf("answered before the cell: %s", first.reply.Content)
	default:
	}
	if got := string(c.wait(first).reply.Content); !strings.Contains(got, `"matches":[]`) || !strings.Contains(got, `"status":"ok"`) {
		t.Errorf("completed %s, want no matches", got)
	}
	if got := string(c.wait(inspected).reply.Content); !strings.Contains(got, `"found":false`) {
		t.Errorf("inspected %s, want nothing", got)
	}
	signal(syscall.SIGCONT)
	c.eventually("it completes", completes)
	signal(syscall.SIGKILL)
	c.eventually("it completes with another gopls", completes)
	signal(syscall.SIGSTOP) // stopped, it does not see that its input ends
}

// JupyterLab shows the type beside a match; other editors also show the signature.
func TestMatchesHaveTypesAndSignatures(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	c.execute("type Pair struct{ Left, Right int }\nfunc (Pair) Lower() string { return \"\" }").wantOK("")
	for code, want := range map[string]string{
		"%%\nfmt.Printl": `[{"text":"Println","type":"function","signature":"func(a ...any) (n int, err error)","start":7,"end":13}]`,
		"%%\nPair{}.L":   `[{"text":"Left","type":"field","signature":"int","start":10,"end":11},{"text":"Lower","type":"method","signature":"func() string","start":10,"end":11}]`,
	} {
		var got string
		c.eventually("it completes with types", func() bool {
			reply := c.wait(c.request(c.shell, "complete_request", map[string]any{"code": code}))
			got = string(reply.reply.Content)
			return strings.Contains(got, `"_jupyter_types_experimental":`)
		})
		if !strings.Contains(got, `"metadata":{"_jupyter_types_experimental":`+want+"}") {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
