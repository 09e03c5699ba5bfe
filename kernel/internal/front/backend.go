package front

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/guard"
	"multiprocessing/kernel/internal/process"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// backend is GoNB: its process, and the connections to it.
type backend struct {
	folder string // private: sockets, GoNB's TMPDIR, and files that cells write for the front
	gonb   string // path of the program
	args   []string
	guard  *exec.Cmd // nil until GoNB is started
	life   io.Closer // the guard's standard input; the guard ends when it is closed
	ended  chan struct{}

	shell, stdin, iopub *zmtp.Conn
}

// startTime is the time in which GoNB must answer after it was started. It takes a second on a slow machine.
const startTime = 60 * time.Second

// grace is the time that GoNB has to stop its gopls before GoNB is killed.
const grace = 500 * time.Millisecond

// socketPath is the maximum length of the folder's path, so that the paths of the Unix sockets in it are short enough on
// every system.
const socketPath = 103 - len("/s-5")

// newBackend makes all that GoNB needs to start.
func newBackend(connection connection, flags []string) (b *backend, err error) {
	b = &backend{ended: make(chan struct{})}
	if b.gonb, err = besideUs(gonb.Program); err != nil {
		return nil, err
	}
	if b.folder, err = privateFolder(); err != nil {
		return nil, err
	}
	defer func(folder string) {
		if err != nil {
			os.RemoveAll(folder)
		}
	}(b.folder)
	run, err := besideUs(gonb.RunnerName)
	if err == nil {
		err = os.Symlink(run, b.runner()) // the link's path has no characters that are special for GoNB
	}
	if err != nil {
		return nil, fmt.Errorf("linking the program that runs cells: %w", err)
	}
	file := filepath.Join(b.folder, filepath.Base(connection.path))
	if err := os.WriteFile(file, wire.JSON(connection.inside(b.sockets())), 0o600); err != nil {
		return nil, fmt.Errorf("writing GoNB's connection file: %w; free disk space, or set TMPDIR to another folder", err)
	}
	b.args = gonb.Arguments(file, flags)
	return b, nil
}

// start starts GoNB below a guard.
func (b *backend) start() error {
	process.Adopt() // the processes that the guard leaves if it is killed
	run := exec.Command(b.gonb, b.args...)
	run.Stdout, run.Stderr = os.Stdout, os.Stderr
	run.Env = append(os.Environ(), "TMPDIR="+b.folder, envvar.Builds+"="+b.builds(), envvar.Program+"="+b.program(), envvar.Refused+"="+b.refused(),
		envvar.Runs+"="+b.runs(), envvar.Runner+"="+b.runner(), envvar.Folder+"="+notebookFolder(), envvar.Notebook+"="+os.Getenv(envvar.Session), envvar.Session+"=")
	cmd, err := guard.Guard{Folder: b.folder, Grace: grace}.Command(run)
	if err != nil {
		return err
	}
	if b.life, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the guard: %w", err)
	}
	b.guard = cmd
	go func() {
		_ = cmd.Wait()
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

// besideUs returns the path of a program that set-up installs beside this one.
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
		return "", fmt.Errorf("making a temporary folder: %w; free disk space, or set TMPDIR to another folder", err)
	}
	return folder, nil
}

// connect waits for GoNB's sockets and connects to them. It uses one identity for shell and stdin, because GoNB sends its
// requests for input on stdin to the identity that sent the execute_request on shell.
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
			return nil, errors.New("GoNB ended as soon as it was started; its own messages are above; \"go run ./kernel doctor\" checks what it needs")
		default:
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("GoNB does not answer: %w", err)
		}
	}
}

// stop ends GoNB and all processes that it started, and waits until they and the folder are gone.
func (b *backend) stop() {
	if b.guard == nil {
		os.RemoveAll(b.folder)
		return
	}
	b.life.Close()
	select {
	case <-b.ended:
	case <-time.After(4 * time.Second): // the guard was stopped (SIGSTOP) or hangs
		_ = b.guard.Process.Kill()
		<-b.ended
	}
	for _, conn := range []*zmtp.Conn{b.shell, b.stdin, b.iopub} {
		if conn != nil {
			conn.Close()
		}
	}
	process.KillBelow(nil) // normally the guard does this and the next line, but not if it was killed
	folder.RemoveAll(b.folder)
}

// take returns the content of a file that cells write to, and empties the file.
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
