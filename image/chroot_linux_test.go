package image

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// chroot runs containers of an image that buildah built, on a machine without a container engine, as root: in process,
// mount and network namespaces of their own, as the image's user, with no capabilities.
type chroot struct{}

func buildah(args ...string) []string {
	return append([]string{"buildah", "--storage-driver", "overlay"}, args...)
}

func (chroot) config(t *testing.T, image string) config {
	t.Helper()
	args := buildah("inspect", "--type", "image", image)
	var inspected struct{ OCIv1 struct{ Config config } }
	decode(t, []byte(must(t, args[0], args[1:]...)), &inspected)
	return inspected.OCIv1.Config
}

func (chroot) megabytes(t *testing.T, image string) int {
	t.Helper()
	_, root := mounted(t, image)
	out := must(t, "du", "--summarize", "--one-file-system", "--bytes", root)
	size, err := strconv.Atoi(strings.Fields(out)[0])
	if err != nil {
		t.Fatal(err)
	}
	return size / 1e6
}

func (chroot) giveTo(t *testing.T, folder, user string) {
	t.Helper()
	must(t, "chown", "-R", user, folder)
}

// mounted makes a container's file system and returns its folder. It is gone when the test ends.
func mounted(t *testing.T, image string) (name, root string) {
	t.Helper()
	name = newName()
	args := buildah("from", "--pull-never", "--name", name, image)
	must(t, args[0], args[1:]...)
	t.Cleanup(func() {
		args := buildah("rm", name)
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("buildah rm: %v: %s", err, out)
		}
	})
	args = buildah("mount", name)
	return name, must(t, args[0], args[1:]...)
}

// enter is run by unshare, in namespaces of its own. Its arguments are those of chroot.
const enter = `set -eu
root=$1; shift
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for folder in $TMPFS; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
for pair in $MOUNTS; do mkdir -p "$root${pair%%:*}"; mount --bind "${pair#*:}" "$root${pair%%:*}"; done
[ -z "$READ_ONLY" ] || mount -o remount,bind,ro "$root"
for group in $CGROUPS; do echo 0 >"$group/cgroup.procs"; done
ip link set lo up
exec chroot "$root" "$@"`

func (e chroot) start(t *testing.T, r run) *container {
	t.Helper()
	image := e.config(t, r.image)
	_, root := mounted(t, r.image)
	command := r.command
	if len(command) == 0 {
		command = image.Cmd
	}
	if !r.plain {
		command = append(append([]string{}, image.Entrypoint...), command...)
	}
	own := r.user
	if own == "" {
		own = "1000:1000"
		if image.User != "jovyan" {
			t.Fatalf("the image's user is %q, want jovyan", image.User)
		}
	}
	as := func(user string) []string {
		uid, gid, _ := strings.Cut(user, ":")
		args := []string{"setpriv", "--reuid", uid, "--regid", gid, "--clear-groups", "--no-new-privs", "--bounding-set", "-all", "--inh-caps", "-all",
			"env", "-i", "--chdir", image.WorkingDir}
		return append(append(args, image.Env...), r.env...)
	}
	args := append([]string{"--mount", "--pid", "--net", "--fork", "sh", "-c", enter, "enter", root}, as(own)...)
	c := &container{cmd: exec.Command("unshare", append(args, command...)...)}
	c.cmd.Env = append(os.Environ(), "TMPFS="+strings.Join(r.tmpfs, " "), "MOUNTS="+pairs(r.mounts), "READ_ONLY="+map[bool]string{true: "yes"}[r.readOnly], "CGROUPS="+cgroups(t, r))
	c.follow(t)
	t.Cleanup(func() {
		select {
		case <-c.ended:
		default: // all else of the namespace goes with its first process
			_ = syscall.Kill(firstProcess(t, c.cmd.Process.Pid), syscall.SIGKILL)
			<-c.ended
		}
	})
	first := func() string { return strconv.Itoa(firstProcess(t, c.cmd.Process.Pid)) }
	c.exec = func(user string, command ...string) *exec.Cmd {
		if user == "" {
			user = own
		}
		args := append([]string{"--target", first(), "--mount", "--pid", "--net", "chroot", root}, as(user)...)
		return exec.Command("nsenter", append(args, command...)...)
	}
	c.stop = func() error { return syscall.Kill(firstProcess(t, c.cmd.Process.Pid), syscall.SIGTERM) }
	c.address = func() string { return forward(t, "/proc/"+first()+"/ns/net", "127.0.0.1:8888") }
	return c
}

func pairs(mounts map[string]string) string {
	var all []string
	for inside, outside := range mounts {
		all = append(all, inside+":"+outside)
	}
	return strings.Join(all, " ")
}

// firstProcess is the container's process 1, as this machine numbers it.
func firstProcess(t *testing.T, unshare int) int {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", unshare, unshare))
		if err != nil {
			break
		}
		if pid, err := strconv.Atoi(strings.TrimSpace(string(content))); err == nil {
			return pid
		}
	}
	t.Error("the container has ended")
	return 0x7fffffff // nobody
}

// cgroups makes cgroups with the run's limits and returns their folders. A machine where that cannot be done skips the
// test.
func cgroups(t *testing.T, r run) string {
	t.Helper()
	settings := map[string]map[string]string{}
	if r.cpus > 0 {
		settings["cpu"] = map[string]string{"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": strconv.Itoa(int(r.cpus * 100_000))}
	}
	if r.memory > 0 {
		settings["memory"] = map[string]string{"memory.limit_in_bytes": strconv.Itoa(r.memory << 20)}
	}
	var folders []string
	for controller, files := range settings {
		folder := filepath.Join("/sys/fs/cgroup", controller, newName())
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Skip("no limits can be set here:", err)
		}
		t.Cleanup(func() { _ = os.Remove(folder) })
		for name, value := range files {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(value), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		folders = append(folders, folder)
	}
	return strings.Join(folders, " ")
}

// forward makes a port of this machine lead to an address in another network namespace, as Docker's -p does, and returns
// the address here.
func forward(t *testing.T, namespace, to string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer here.Close()
				there, err := dialIn(namespace, to)
				if err != nil {
					return
				}
				defer there.Close()
				go func() {
					_, _ = io.Copy(there, here)
					_ = there.(*net.TCPConn).CloseWrite()
				}()
				_, _ = io.Copy(here, there)
			}()
		}
	}()
	return listener.Addr().String()
}

// dialIn connects from a network namespace: a socket stays in the one that its thread was in. The thread comes back: a
// thread that ends takes with it what it has started with a death signal, as chromedp starts a browser. /proc/self would
// be the process's first thread, which may be in another namespace itself.
func dialIn(namespace, to string) (conn net.Conn, err error) {
	its, err := os.Open(namespace)
	if err != nil {
		return nil, err
	}
	defer its.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer own.Close()
	if err := unix.Setns(int(its.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	conn, err = net.DialTimeout("tcp4", to, 10*time.Second)
	if back := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); back != nil {
		panic(back) // the thread would serve others from there
	}
	return conn, err
}
