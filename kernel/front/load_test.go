package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func runsALongCell(t *testing.T, c *client) {
	var code strings.Builder
	code.WriteString("%%\nx := 0\n")
	for range 10_000 {
		code.WriteString("x++\n")
	}
	code.WriteString("fmt.Println(x)")
	c.execute(code.String()).wantOK("10000\n")
	r := c.execute(strings.Replace(code.String(), "fmt.Println(x)", "nothing(x)", 1))
	if !strings.Contains(r.said(), "line 10003: undefined: nothing") {
		t.Errorf("said %s", r.said())
	}
}

func runsAThousandCells(t *testing.T, c *client) {
	var runs []*asked
	for i := range 1000 {
		runs = append(runs, c.send("!echo "+strconv.Itoa(i)))
	}
	for i, r := range runs {
		c.wait(r).wantOK(strconv.Itoa(i) + "\n")
		if t.Failed() {
			return
		}
	}
}

func TestTenKernelsAtOnce(t *testing.T) {
	env := setUp(t)
	var all sync.WaitGroup
	for i := range 10 {
		c := newClient(t, env)
		all.Go(func() {
			c.start()
			c.execute(fmt.Sprintf("var number = %d", i)).wantOK("")
			c.execute("%%\nfmt.Println(number)").wantOK(strconv.Itoa(i) + "\n")
			c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": false}))
			c.waitEnd()
			c.wantNothingLeft()
		})
	}
	all.Wait()
}

func TestAKernelWithoutRoomSaysSo(t *testing.T) {
	c := newClient(t, setUp(t))
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("mounts a small file system")
	}
	temp := filepath.Join(c.folder, "t")
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "none", temp).CombinedOutput(); err != nil {
		t.Skipf("cannot mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", temp).Run() })
	c.start()
	r := c.execute("%%\nfmt.Println(1)") // its program alone takes more
	if r.status() != "error" || !strings.Contains(r.traceback(), "no space left on device") {
		t.Errorf("status %s, %s\n%s", r.status(), r.said(), r.traceback())
	}
	c.execute("!echo here").wantOK("here\n")
}
