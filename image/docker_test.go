package image

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// docker is Docker, or another command that takes the same arguments.
type docker struct{ command string }

func (d docker) config(t *testing.T, image string) (c config) {
	t.Helper()
	decode(t, []byte(must(t, d.command, "image", "inspect", "--format", "{{json .Config}}", image)), &c)
	return c
}

func (d docker) megabytes(t *testing.T, image string) int {
	t.Helper()
	size, err := strconv.Atoi(must(t, d.command, "image", "inspect", "--format", "{{.Size}}", image))
	if err != nil {
		t.Fatal(err)
	}
	return size / 1e6
}

func (d docker) giveTo(t *testing.T, folder, user string) {
	t.Helper()
	must(t, d.command, "run", "--rm", "--network", "none", "--cap-drop", "ALL", "--cap-add", "CHOWN", "--cap-add", "DAC_READ_SEARCH",
		"--user", "0:0", "--entrypoint", "chown", "-v", folder+":/given", imageName, "-R", user, "/given")
}

func (d docker) start(t *testing.T, r run) *container {
	t.Helper()
	name := newName()
	args := []string{"run", "--rm", "--name", name, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"}
	if r.served {
		args = append(args, "-p", "127.0.0.1::8888")
	} else {
		args = append(args, "--network", "none")
	}
	if r.readOnly {
		args = append(args, "--read-only")
	}
	if r.user != "" {
		args = append(args, "--user", r.user)
	}
	if r.memory > 0 {
		args = append(args, "--memory", fmt.Sprintf("%dm", r.memory))
	}
	if r.cpus > 0 {
		args = append(args, "--cpus", fmt.Sprint(r.cpus))
	}
	for _, folder := range r.tmpfs {
		args = append(args, "--tmpfs", folder+":exec,mode=1777")
	}
	for inside, outside := range r.mounts {
		args = append(args, "-v", outside+":"+inside)
	}
	for _, setting := range r.env {
		args = append(args, "-e", setting)
	}
	if r.plain {
		args = append(args, "--entrypoint", r.command[0], r.image)
		args = append(args, r.command[1:]...)
	} else {
		args = append(append(args, r.image), r.command...)
	}
	c := &container{cmd: exec.Command(d.command, args...)}
	c.exec = func(user string, command ...string) *exec.Cmd {
		args := []string{"exec"}
		if user != "" {
			args = append(args, "--user", user)
		}
		return exec.Command(d.command, append(append(args, name), command...)...)
	}
	c.stop = func() error { return exec.Command(d.command, "stop", name).Run() }
	c.address = func() string {
		first, _, _ := strings.Cut(must(t, d.command, "port", name, "8888/tcp"), "\n")
		return first
	}
	c.follow(t)
	t.Cleanup(func() {
		_ = exec.Command(d.command, "rm", "--force", name).Run()
		<-c.ended
	})
	return c
}
