// Package image tests the container image, in containers that are started as a reader starts them. image/test builds the
// image and runs these tests, which skip where it was not built.
package image

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Set by image/test.
var (
	imageName    = os.Getenv("MULTIPROCESSING_IMAGE")
	headlessName = os.Getenv("MULTIPROCESSING_IMAGE_HEADLESS")
)

// run says how a container is started. Every one has no capabilities and can gain none.
type run struct {
	image    string // the default is the image
	user     string // UID:GID; the default is the image's
	served   bool   // its port can be reached from outside; else it has no network
	readOnly bool
	tmpfs    []string          // folders of the container, for files that are gone with it
	mounts   map[string]string // folder of the container: folder of this machine
	env      []string
	memory   int     // MB; 0 is no limit
	cpus     float64 // 0 is no limit
	plain    bool    // without the image's entry point
	command  []string
}

// images are those that there are: the image, and the one without JupyterLab where that was asked for.
func images() []string {
	if headlessName == "" {
		return []string{imageName}
	}
	return []string{imageName, headlessName}
}

// config is what an image says about its containers.
type config struct {
	User, WorkingDir     string
	Env, Entrypoint, Cmd []string
	ExposedPorts         map[string]struct{}
	Labels               map[string]string
	Healthcheck          *struct{ Test []string } // nil also where the image's format has none
}

// engine starts containers.
type engine interface {
	config(t *testing.T, image string) config
	// start returns the running command and what reaches into its container.
	start(t *testing.T, r run) *container
	// megabytes is the size of an image, unpacked.
	megabytes(t *testing.T, image string) int
	// giveTo gives a folder of this machine, and what is in it, to a user as UID:GID.
	giveTo(t *testing.T, folder, user string)
}

// container is a running container. Its engine fills in how it is reached.
type container struct {
	cmd     *exec.Cmd
	exec    func(user string, command ...string) *exec.Cmd // a command in it, as UID:GID or as its own user
	stop    func() error                                   // asks it to end
	address func() string                                  // where its port can be reached

	mu    sync.Mutex
	log   strings.Builder // guarded by mu
	lines chan string     // of the log; closed when the container has ended
	ended chan struct{}
	err   error // set when ended is closed
}

func theEngine(t *testing.T) engine {
	t.Helper()
	if imageName == "" {
		t.Skip("image/test builds the image and runs this test")
	}
	if name := os.Getenv("MULTIPROCESSING_ENGINE"); name != "chroot" {
		return docker{name}
	}
	return chroot{}
}

// start starts a container and collects what it prints. It ends with the test.
func start(t *testing.T, r run) *container {
	t.Helper()
	if r.image == "" {
		r.image = imageName
	}
	c := theEngine(t).start(t, r)
	return c
}

// follow starts c.cmd and reads what it prints.
func (c *container) follow(t *testing.T) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Stdout, c.cmd.Stderr = writer, writer
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	c.lines, c.ended = make(chan string, 1000), make(chan struct{})
	go func() {
		defer reader.Close()
		lines := bufio.NewScanner(reader)
		for lines.Scan() {
			c.mu.Lock()
			c.log.WriteString(lines.Text() + "\n")
			c.mu.Unlock()
			select {
			case c.lines <- lines.Text():
			default:
			}
		}
		c.err = c.cmd.Wait()
		close(c.ended)
		close(c.lines)
	}()
}

func (c *container) output() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}

// wait waits for the container to end and returns what it printed.
func (c *container) wait(t *testing.T, longest time.Duration) (string, error) {
	t.Helper()
	select {
	case <-c.ended:
		return c.output(), c.err
	case <-time.After(longest):
		t.Fatalf("the container still runs after %s:\n%s", longest, c.output())
		return "", nil
	}
}

// inside runs a command in the container and returns what it printed.
func (c *container) inside(t *testing.T, command ...string) string {
	t.Helper()
	out, err := c.exec("", command...).CombinedOutput()
	if err != nil {
		t.Fatalf("%q in the container: %v\n%s", command, err, out)
	}
	return string(out)
}

// do runs a command in a container of its own and returns what it printed.
func do(t *testing.T, r run) string {
	t.Helper()
	out, err := start(t, r).wait(t, 10*time.Minute)
	if err != nil {
		t.Fatalf("%q: %v\n%s", r.command, err, out)
	}
	return out
}

// shell runs a line of shell in a container of its own.
func shell(t *testing.T, line string) string {
	t.Helper()
	return do(t, run{plain: true, command: []string{"sh", "-c", line}})
}

var opened = regexp.MustCompile(`Open (http://[^/]+)(/\S*?)(?:\?token=(\S+))?(?: and .*)?$`)

// lab is a container with JupyterLab in it that can be reached.
type lab struct {
	*container
	base  string // http://HOST:PORT, from here
	page  string // the path of the first page
	token string // as it was printed
}

// serve starts JupyterLab in a container and waits until it says where.
func serve(t *testing.T, r run) lab {
	t.Helper()
	r.served = true
	c := start(t, r)
	after := time.After(3 * time.Minute)
	for {
		select {
		case line, running := <-c.lines:
			if found := opened.FindStringSubmatch(line); found != nil {
				return lab{c, "http://" + c.address(), found[2], found[3]}
			}
			if !running {
				t.Fatalf("the container ended (%v):\n%s", c.err, c.output())
			}
		case <-after:
			t.Fatalf("JupyterLab did not start:\n%s", c.output())
		}
	}
}

func decode(t *testing.T, content []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%v: %s", err, content)
	}
}

// must returns what a command of this machine printed.
func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		stderr := ""
		if exit, ok := err.(*exec.ExitError); ok {
			stderr = string(exit.Stderr)
		}
		t.Fatalf("%s %q: %v %s", name, args, err, stderr)
	}
	return strings.TrimSpace(string(out))
}

var containers struct {
	mu sync.Mutex
	n  int // guarded by mu
}

// newName returns a name that no other container has.
func newName() string {
	containers.mu.Lock()
	defer containers.mu.Unlock()
	containers.n++
	return fmt.Sprintf("multiprocessing-test-%d-%d", os.Getpid(), containers.n)
}
