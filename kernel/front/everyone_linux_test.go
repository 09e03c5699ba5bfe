package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"multiprocessing/kernel/internal/setup"
)

// The users of these tests. No account of the machine has these numbers.
const ann, bob = 61001, 61002

// TestEveryUserOfTheMachine installs a kernel as root. Then two other users, who have only what a new account has, work
// with it at the same time.
func TestEveryUserOfTheMachine(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become other users")
	}
	env := setUp(t) // before the cache is another
	prefix, spec := installForEveryone(t)
	place := filepath.Join(prefix, "lib", "multiprocessing")
	temp := tempFolder(t, 0o777|os.ModeSticky)
	anns, bobs := startAs(t, env, ann, spec, temp), startAs(t, env, bob, spec, temp)
	for name, c := range map[string]*client{"Ann": anns, "Bob": bobs} {
		t.Run(name, func(t *testing.T) { works(t, c) })
	}
	t.Run("a user adds a module of the own", func(t *testing.T) { addsAModule(t, anns) })
	t.Run("no user can change the shared place", func(t *testing.T) {
		anns.execute("!find " + prefix + " -writable").wantOK("")
		anns.execute("!find " + prefix + " ! -readable ! -name '*.lock' ! -name .complete").wantOK("")
		onlyRootCanWrite(t, place)
	})
	t.Run("no user sees what is another's", func(t *testing.T) {
		theirs := fmt.Sprintf(`!find %s %s -uid %d \( -readable -o -writable \) 2>/dev/null || true`, temp, home(bobs), bob)
		bobs.execute("!echo secret >" + home(bobs) + "/secret; find $TMPDIR -user " + fmt.Sprint(bob) + " | head -1 | wc -l").wantOK("1\n")
		anns.execute(theirs).wantOK("")
	})
	t.Run("a kernel that runs from it is found", func(t *testing.T) {
		_, err := setup.Clean(t.Context())
		if err == nil || !strings.Contains(err.Error(), "kernels are using "+place) || !strings.Contains(err.Error(), fmt.Sprint(bobs.cmd.Process.Pid)) {
			t.Errorf("clean: error %v, want the processes", err)
		}
	})
	for _, c := range []*client{anns, bobs} {
		c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": false}))
		c.waitEnd()
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left in the temporary folder: %q", left)
	}
	if removed, err := setup.Clean(t.Context()); err != nil || !exists(prefix) || exists(place) || exists(filepath.Dir(spec)) {
		t.Errorf("clean removed %q, %v; want all that install made", removed, err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// tempFolder makes a folder that other users can enter, unlike those of testing.
func tempFolder(t *testing.T, mode os.FileMode) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "everyone")
	if err == nil {
		err = os.Chmod(folder, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// installForEveryone installs the kernel, with a cache of the test's own, so that the list of kernels of whoever runs the
// test stays as it is. It returns the prefix and the path of the kernelspec.
func installForEveryone(t *testing.T) (prefix, spec string) {
	t.Helper()
	for name, value := range goSettings(t, "GOCACHE", "GOMODCACHE", "GOPROXY") {
		t.Setenv(name, value)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	old := syscall.Umask(0o077) // the strictest
	defer syscall.Umask(old)
	prefix = tempFolder(t, 0o755)
	env, err := setup.Locate(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	release, err := env.Use()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	began := time.Now()
	folder, err := env.InstallForEveryone(t.Context(), setup.KernelName, prefix, false, t.Output())
	if err != nil && strings.Contains(err.Error(), "cannot serve every user") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("installed in %.0f s", time.Since(began).Seconds())
	began = time.Now()
	if _, err := env.InstallForEveryone(t.Context(), setup.KernelName, prefix, false, t.Output()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a second install took %v, want that it finds all there", took)
	}
	return prefix, filepath.Join(folder, "kernel.json")
}

func goSettings(t *testing.T, names ...string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env", "-json"}, names...)...).Output()
	settings := map[string]string{}
	if err := errors.Join(err, json.Unmarshal(out, &settings)); err != nil {
		t.Fatal(err)
	}
	return settings
}

// startAs starts a kernelspec's kernel for a user with a home folder and without a network.
func startAs(t *testing.T, env *setup.Environment, uid uint32, spec, temp string) *client {
	t.Helper()
	c := newClient(t, env)
	home := filepath.Join(c.folder, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(c.folder, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, int(uid), int(uid)))
	})
	if err != nil {
		t.Fatal(err)
	}
	before := c.cmd
	c.cmd = exec.Command(before.Args[0], before.Args[1:]...)
	argv, settings := readSpec(t, spec, "/usr/bin:/bin")
	c.cmd.Path, c.cmd.Args = argv[0], []string{argv[0], before.Args[1]}
	c.cmd.Env = append([]string{c.mark, "HOME=" + home, "TMPDIR=" + temp, "PATH=/usr/bin:/bin"}, settings...)
	c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr, c.cmd.WaitDelay = home, c.log, c.log, time.Second
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: syscall.CLONE_NEWNET, Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	began := time.Now()
	c.start()
	t.Logf("the first kernel of user %d started in %.2f s", uid, time.Since(began).Seconds())
	return c
}

func home(c *client) string { return filepath.Join(c.folder, "home") }

// works is what a new user does first. Nothing is compiled but the cells: that all packages are there is what makes the
// first cell as fast as anybody's.
func works(t *testing.T, c *client) {
	c.t = t
	began := time.Now()
	c.execute("%%\nfmt.Println(1 + 1)").wantOK("2\n")
	t.Logf("the first cell took %.2f s", time.Since(began).Seconds())
	c.execute("%%\nfmt.Println(serial.Map([]int{1, 2}, func(i int) int { return i * i }))").wantOK("[1 4]\n")
	if r := c.execute("%%\ndisplay.SVG(`<svg xmlns=\"http://www.w3.org/2000/svg\"/>`, \"a picture\")"); !r.displays("svg") {
		t.Errorf("no picture: %s, %s\n%s", r.status(), r.said(), r.traceback())
	}
	slider := c.execute("var workers = 2\n\n%%\nexplore.Cell{Name: \"mine\", Controls: []explore.Control{explore.Int(\"workers\", &workers, 1, 4)},\n" +
		"\tRun: func(*explore.Output) { fmt.Println(workers) }}.Show()")
	if !slider.displays("slider") && !slider.displays(`type=\"range\"`) {
		t.Errorf("no slider: %s, %s\n%s", slider.status(), slider.said(), slider.traceback())
	}
	own, _ := filepath.Glob(filepath.Join(home(c), ".cache", "multiprocessing", "kernel-*", "go-build"))
	if len(own) != 1 {
		t.Fatalf("the user's build caches are %q, want one", own)
	}
	if compiled := regularFiles(t, own[0], "-d"); len(compiled) > 0 {
		t.Errorf("%d packages were compiled for this user", len(compiled))
	}
	t.Logf("the user's cache has %d records", len(regularFiles(t, own[0], "-a")))
	began = time.Now()
	c.eventually("it completes", func() bool {
		reply := c.wait(c.request(c.shell, "complete_request", map[string]any{"code": "%%\nfmt.Printl", "cursor_pos": 13}))
		return strings.Contains(string(reply.reply.Content), `"matches":["Println"]`)
	})
	t.Logf("the first completion took %.2f s", time.Since(began).Seconds())
}

// displays reports whether the cell has shown something with text in it.
func (r *asked) displays(text string) bool {
	for _, m := range r.published() {
		if strings.HasSuffix(m.Header.Type, "display_data") && strings.Contains(string(m.Content), text) {
			return true
		}
	}
	return false
}

// regularFiles lists the regular files in a folder whose names end in suffix.
func regularFiles(t *testing.T, folder, suffix string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.HasSuffix(path, suffix) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return found
}

// addsAModule adds one that the shared place does not have. A folder is the network here.
func addsAModule(t *testing.T, c *client) {
	c.t = t
	proxy := tempFolder(t, 0o755)
	serveModule(t, proxy)
	if out, err := exec.Command("chmod", "-R", "a+rX", proxy).CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	c.execute("%env GONOSUMDB *")
	c.execute("%env GOPROXY file://" + proxy)
	if r := c.execute("!*go get example.com/fresh"); r.status() != "ok" {
		t.Fatalf("%s\n%s", r.said(), r.stream("stderr"))
	}
	c.execute("import \"example.com/fresh\"\n\n%%\nfmt.Println(fresh.Word)").wantOK("fresh\n")
	c.execute("%%\nfmt.Println(serial.Map([]int{3}, func(i int) int { return i * i }))").wantOK("[9]\n")
}

// onlyRootCanWrite checks every file of the shared place.
func onlyRootCanWrite(t *testing.T, place string) {
	t.Helper()
	size := int64(0)
	err := filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		size += info.Size()
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != 0 || entry.Type()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o022 != 0 {
			t.Errorf("%s is of user %d, %v", path, uid, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("the shared place has %d MB", size/1e6)
}
