package main

import (
	"strings"
	"syscall"
	"testing"
)

func endsWhatACellLeaves(t *testing.T, c *client) {
	c.execute(`%%
for _, args := range [][]string{{"sleep", "12348"}, {"setsid", "sleep", "12349"}, {"setsid", "sh", "-c", "trap '' TERM; while :; do sleep 1; done # 12350"}} {
	if err := exec.Command(args[0], args[1:]...).Start(); err != nil {
		panic(err)
	}
}
fmt.Println("left")`).wantOK("left\n")
	c.eventually("nothing of it runs", func() bool { return !c.running("sleep 1234") && !c.running("# 12350") })
}

// A worker has no pipe of the cell's, by which what a cell starts is known.
func endsWhatAWorkerLeaves(t *testing.T, c *client) {
	c.execute(`import "multiprocessing/lib/process"

var leaves = process.Register("leaves", func(name string) bool {
	return exec.Command("setsid", "sleep", name).Start() == nil
})
`).wantOK("")
	c.execute(`%%
pool, err := process.NewPool(context.Background(), 1)
if err != nil {
	panic(err)
}
said, err := process.Map(context.Background(), pool, []string{"12353"}, leaves)
fmt.Println(said, err, pool.Close())`).wantOK("[true] <nil> <nil>\n")
	c.eventually("nothing of it runs", func() bool { return !c.running("sleep 12353") })
}

func leavesBackgroundCommands(t *testing.T, c *client) {
	c.execute("!sleep 12351 >/dev/null 2>&1 &").wantOK("")
	c.execute("%%\nfmt.Println(1)").wantOK("1\n")
	r := c.send("!echo begun; sleep 12352")
	r.printed("begun")
	c.interrupt()
	c.wait(r)
	if !c.running("sleep 12351") {
		t.Error("it has been ended")
	}
	c.execute("!pkill -f 'sleep 12351'; true")
}

func TestNothingIsLeftOfAKernel(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	busy := func(t *testing.T, c *client) *asked { // runs a cell with a detached grandchild
		r := c.send("%%\ncmd := exec.Command(\"setsid\", \"sleep\", \"54321\")\nif err := cmd.Start(); err != nil {\n\tpanic(err)\n}\nfmt.Println(\"started\")\ntime.Sleep(time.Hour)")
		r.printed("started")
		return r
	}
	for name, end := range map[string]func(*testing.T, *client){
		"that is shut down while a cell runs": func(t *testing.T, c *client) {
			busy(t, c)
			c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": true}))
		},
		"whose process group is killed": func(t *testing.T, c *client) {
			busy(t, c)
			if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"that is killed while it starts": func(t *testing.T, c *client) {
			if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"that is asked to end by a signal": func(t *testing.T, c *client) {
			busy(t, c)
			if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		},
		"whose guard is killed": func(t *testing.T, c *client) {
			busy(t, c)
			if err := syscall.Kill(c.guard(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"whose GoNB is killed": func(t *testing.T, c *client) {
			r := busy(t, c)
			behind := c.send("!echo behind")
			if err := syscall.Kill(c.gonb(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if c.wait(r); !strings.HasPrefix(r.said(), "KernelDied: ") || !strings.Contains(r.said(), "restart the kernel") {
				t.Errorf("the running cell: %s", r.said())
			}
			if c.wait(behind); behind.status() != "aborted" {
				t.Errorf("the cell behind it: %s", behind.status())
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, env)
			if strings.Contains(name, "while it starts") {
				if err := c.cmd.Start(); err != nil {
					t.Fatal(err)
				}
				go func() { _ = c.cmd.Wait(); close(c.ended) }()
				c.eventually("GoNB runs", func() bool { return c.running("gonb --kernel") })
			} else {
				c.start()
			}
			end(t, c)
			c.waitEnd()
			c.wantNothingLeft()
		})
	}
}

func TestAKernelEndsWithTheProgramThatStartedIt(t *testing.T) {
	c := newClient(t, setUp(t))
	front := c.cmd.Args
	c.cmd.Path, c.cmd.Args = "/bin/sh", append([]string{"sh", "-c", `"$@" & wait`, "sh"}, front...)
	c.start()
	c.execute("!echo here").wantOK("here\n")
	if err := c.cmd.Process.Kill(); err != nil { // the shell alone
		t.Fatal(err)
	}
	c.waitEnd()
	c.wantNothingLeft()
}
