package front

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"multiprocessing/kernel/internal/guard"
	"multiprocessing/kernel/internal/runner"
	"multiprocessing/kernel/internal/supervise"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// Settings of the environment that cells are built and run in.
const (
	// EnvBuilds names the file in which the go command of cells notes what it built and when.
	EnvBuilds = "MULTIPROCESSING_BUILDS"
	// EnvProgram names the file with the Go program that the go command of cells builds in place of GoNB's.
	EnvProgram = "MULTIPROCESSING_PROGRAM"
	// envRefused names the file in which package parameter says which value does not fit.
	envRefused = "MULTIPROCESSING_REFUSED"
	// envNotebook is the path of the notebook, empty if the client does not tell it: package timing keeps the runs of
	// each notebook apart.
	envNotebook = "MULTIPROCESSING_NOTEBOOK"
	// envSession is how Jupyter's server, and our run, tell a kernel the path of its notebook. Cells do not get it: a
	// client that one of them starts may tell its own kernels nothing, and they would take it for theirs.
	envSession = "JPY_SESSION_NAME"
)

// backend is GoNB: its process, and the connections to it.
type backend struct {
	folder string // private: sockets, GoNB's TMPDIR, and what cells note
	gonb   string // the program
	guard  *exec.Cmd
	life   io.Closer // while it is open the guard lives
	ended  chan struct{}

	shell, stdin, iopub *zmtp.Conn
}

// startTime is what GoNB has to answer after it was started: a second on a slow machine, and an order more.
const startTime = 60 * time.Second

// socketPath is the longest path that a Unix socket may have on every system, with GoNB's sockets below the folder.
const socketPath = 103 - len("/s-5")

// startBackend starts GoNB below a guard.
func startBackend(connection connection, flags []string) (b *backend, err error) {
	b = &backend{ended: make(chan struct{})}
	if b.gonb, err = besideUs("gonb"); err != nil {
		return nil, err
	}
	if b.folder, err = privateFolder(); err != nil {
		return nil, err
	}
	run, err := besideUs("run")
	if err == nil {
		err = os.Symlink(run, b.runner()) // the path has no characters that GoNB would take for something else
	}
	if err != nil {
		os.RemoveAll(b.folder)
		return nil, fmt.Errorf("linking the program that runs cells: %w", err)
	}
	file := filepath.Join(b.folder, filepath.Base(connection.path)) // GoNB takes the kernel's id from the name
	if err := os.WriteFile(file, wire.JSON(connection.inside(b.sockets())), 0o600); err != nil {
		os.RemoveAll(b.folder)
		return nil, fmt.Errorf("writing GoNB's connection file: %w; free some room, or name another folder in TMPDIR", err)
	}
	if err := b.start(slices.Concat([]string{"--kernel", file, "-raw_error"}, quiet, flags)); err != nil {
		os.RemoveAll(b.folder)
		return nil, err
	}
	return b, nil
}

// quiet has GoNB's log go nowhere: it would come between a reader and a console, and has a line for each line that a cell
// prints to standard error. What ends GoNB is still told.
var quiet = []string{"-logtostderr=false", "-log_file=" + os.DevNull, "-stderrthreshold=FATAL"}

func (b *backend) start(args []string) (err error) {
	supervise.Adopt() // what a guard that was killed leaves
	if b.guard, err = guard.Command(b.folder, b.gonb, args...); err != nil {
		return err
	}
	life, err := b.guard.StdinPipe()
	if err != nil {
		return err
	}
	b.life = life
	b.guard.Stdout, b.guard.Stderr = os.Stdout, os.Stderr
	b.guard.Env = append(os.Environ(), "TMPDIR="+b.folder, EnvBuilds+"="+b.builds(), EnvProgram+"="+b.program(), envRefused+"="+b.refused(),
		runner.EnvSocket+"="+b.runs(), runner.EnvRunner+"="+b.runner(), envNotebook+"="+os.Getenv(envSession), envSession+"=")
	if err := b.guard.Start(); err != nil {
		return fmt.Errorf("starting the guard: %w", err)
	}
	go func() {
		_ = b.guard.Wait()
		close(b.ended)
	}()
	return nil
}

func (b *backend) sockets() string { return filepath.Join(b.folder, "s") }
func (b *backend) builds() string  { return filepath.Join(b.folder, "builds") }
func (b *backend) program() string { return filepath.Join(b.folder, "program.go") }
func (b *backend) refused() string { return filepath.Join(b.folder, "refused") }
func (b *backend) runs() string    { return filepath.Join(b.folder, "r") }
func (b *backend) runner() string  { return filepath.Join(b.folder, "run") }

// besideUs is the path of a program that set-up installs beside this one.
func besideUs(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	return filepath.Join(filepath.Dir(self), name), nil
}

func privateFolder() (string, error) {
	const prefix = "multiprocessing-kernel-"
	parent := os.TempDir()
	if len(parent)+len(prefix)+12 > socketPath {
		parent = "/tmp"
	}
	folder, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return "", fmt.Errorf("making a temporary folder: %w; free some room, or name another folder in TMPDIR", err)
	}
	return folder, nil
}

// connect waits for GoNB's sockets and connects to them. One identity for both: GoNB asks for input on stdin whoever
// asked to execute on shell.
func (b *backend) connect() (err error) {
	for _, socket := range []struct {
		conn **zmtp.Conn
		port int
		kind string
	}{{&b.iopub, 4, "SUB"}, {&b.shell, 1, "DEALER"}, {&b.stdin, 3, "DEALER"}} {
		if *socket.conn, err = b.dial(socket.port, socket.kind); err != nil {
			return err
		}
	}
	return b.iopub.Write(zmtp.Message{{1}}) // subscribe to everything
}

func (b *backend) dial(port int, kind string) (*zmtp.Conn, error) {
	path := fmt.Sprintf("%s-%d", b.sockets(), port)
	for deadline := time.Now().Add(startTime); ; time.Sleep(2 * time.Millisecond) {
		conn, err := zmtp.Dial("unix", path, kind, "front", messageLimit)
		if err == nil {
			return conn, nil
		}
		select {
		case <-b.ended:
			return nil, errors.New("GoNB ended as soon as it was started; its own messages are above, and \"go run ./kernel doctor\" looks at what it needs")
		default:
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("GoNB does not answer: %w", err)
		}
	}
}

// stop ends GoNB and all that it started, and waits until they and the folder are gone.
func (b *backend) stop() {
	b.life.Close()
	select {
	case <-b.ended:
	case <-time.After(4 * time.Second): // a guard that was stopped or cannot get on
		_ = b.guard.Process.Kill()
		<-b.ended
	}
	for _, conn := range []*zmtp.Conn{b.shell, b.stdin, b.iopub} {
		if conn != nil {
			conn.Close()
		}
	}
	supervise.EndAll() // these two when the guard was killed
	guard.RemoveAll(b.folder)
}

// version is GoNB's, as its program says.
func (b *backend) version() string {
	if info, err := buildinfo.ReadFile(b.gonb); err == nil {
		return info.Main.Version
	}
	return ""
}

// take returns what cells have noted in a file since it was last asked, and empties it.
func take(path string) []byte {
	content, err := os.ReadFile(path)
	if err != nil || len(content) == 0 {
		return nil
	}
	if err := os.Truncate(path, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return content
}

// goroot is the folder of the Go distribution that cells are built with.
func goroot() string { return filepath.Dir(filepath.Dir(os.Getenv("MULTIPROCESSING_GO"))) }

// moduleCache is where the go command keeps modules, unless "go env -w" names another folder.
func moduleCache() string {
	if folder := os.Getenv("GOMODCACHE"); folder != "" {
		return folder
	}
	return filepath.Join(build.Default.GOPATH, "pkg", "mod")
}
