package jupyter

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"multiprocessing/kernel/internal/guard"
	"multiprocessing/kernel/internal/reason"
	"multiprocessing/kernel/internal/setup"
)

// Lab says how JupyterLab is to run.
type Lab struct {
	Notebook string // path below the notebooks folder, opened first
	Copies   string // a folder with copies of the notebooks, served in their place
	IP       string // address to listen on
	Port     int    // 0: the first free one from 8888 on
	Browser  bool   // open the user's browser
	Login    Login
}

// labSettings are JupyterLab's defaults for this course, which a reader's own settings override. The pop-up that asks
// to fetch news, and the question for a newer JupyterLab, would ask the network, and the version is pinned. The theme, light or
// dark, is that of the reader's system. Messages name lines of cells, and the range of a parameter stands at the end of its line.
const labSettings = `{
  "@jupyterlab/apputils-extension:notification": {"checkForUpdates": false, "fetchNews": "false"},
  "@jupyterlab/apputils-extension:themes": {"adaptive-theme": true},
  "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineNumbers": true, "lineWrap": true}}
}
`

// firstWorkspace is how JupyterLab looks when it is opened for the first time: the table of contents stands beside the
// notebook. From then on it is as the reader left it.
const firstWorkspace = `{
  "data": {
    "layout-restorer:data": {
      "left": {"collapsed": false, "visible": true, "current": "@jupyterlab/toc:plugin", "widgets": ["filebrowser", "running-sessions", "@jupyterlab/toc:plugin"]},
      "relativeSizes": [0.22, 0.78, 0]
    }
  },
  "metadata": {"id": "default"}
}
`

// workspaceFile is the name under which JupyterLab looks for the workspace called default.
const workspaceFile = "default-37a8.jupyterlab-workspace"

// stopAfter is the time that JupyterLab has to shut its kernels down before it is killed. It needs one second. Container
// engines kill after ten.
const stopAfter = 4 * time.Second

// A kernel that nobody is connected to, because its notebook was closed, is stopped when it has run nothing for idleTime.
// The server looks for such kernels at this interval. Tests shorten both.
var (
	idleTime     = time.Hour
	idleInterval = 5 * time.Minute
)

// Run runs JupyterLab on the course's notebooks until ctx ends, and writes its URL, with the token, to out. Nothing
// that it started is left running when Run returns.
func (l Lab) Run(ctx context.Context, env *setup.Environment, out io.Writer) error {
	f, err := newFolders(env, env.Data())
	if err != nil {
		return err
	}
	defer f.remove()
	if err := errors.Join(writeLabSettings(f), writeFirstWorkspace(f)); err != nil {
		return err
	}
	if err := l.trust(ctx, env, f); err != nil {
		fmt.Fprintf(out, "%v; their pictures appear when their cells are run\n", err)
	}
	for {
		port, err := freePort(ctx, l.IP, l.Port)
		if err != nil {
			return err
		}
		err = l.serve(ctx, env, f, port, out)
		if err == nil || l.Port != 0 || !taken(ctx, l.IP, port) {
			return err
		}
		// Two starts at once chose the same port, and the other was the first to listen: on to the next.
	}
}

// serve runs JupyterLab at a port.
func (l Lab) serve(ctx context.Context, env *setup.Environment, f folders, port int, out io.Writer) error {
	logFile, err := os.OpenFile(filepath.Join(f.home, "lab-"+strconv.Itoa(port)+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("opening JupyterLab's log: %w", err)
	}
	defer logFile.Close()

	token := cmp.Or(l.Login.Token, rand.Text())
	cmd, err := l.command(env, f, port, token)
	if err != nil {
		return err
	}
	if err := l.Login.configure(ctx, env, f, cmd); err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = logFile, logFile
	var waiting sync.WaitGroup
	running, ended := context.WithCancel(ctx)
	waiting.Go(func() {
		server, ok := l.answering(running, f, port, token)
		if !ok {
			return
		}
		fmt.Fprintf(out, "\nOpen %s\nStop with Ctrl-C.\n", server.base+l.page()+l.Login.hint(token))
		if l.Browser {
			if err := openBrowser(env.VenvPython(), server.redirect); err != nil {
				fmt.Fprintf(out, "The browser was not opened: %v\n", err)
			}
		}
	})
	err = guard.Guard{Grace: stopAfter}.Run(ctx, cmd)
	ended()
	waiting.Wait()
	if err == nil || ctx.Err() != nil { // stopped because it was asked to, here or in JupyterLab's menu
		fmt.Fprintln(out, "Stopped: JupyterLab, its kernels and what they started.")
		return nil
	}
	content, _ := os.ReadFile(logFile.Name())
	return fmt.Errorf("JupyterLab ended by itself (%v): %s; its log is %s", err, reason.LastLine(string(content)), logFile.Name())
}

// Check returns an error when the port cannot be had, before time is spent on set-up.
func (l Lab) Check(ctx context.Context) error {
	_, err := freePort(ctx, l.IP, l.Port)
	return err
}

// command is JupyterLab's command line. The token is in a file: arguments can be read by other users of the machine, and
// the environment by every cell, which may print it into a notebook that is then shared.
func (l Lab) command(env *setup.Environment, f folders, port int, token string) (*exec.Cmd, error) {
	file := filepath.Join(f.temp, "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		return nil, fmt.Errorf("writing JupyterLab's token: %w", err)
	}
	cmd := exec.Command(env.VenvPython(), "-m", "jupyterlab",
		"--ServerApp.ip="+l.IP,
		"--ServerApp.port="+strconv.Itoa(port),
		"--ServerApp.port_retries=0",
		"--ServerApp.root_dir="+l.folder(env),
		"--ServerApp.open_browser=False", // it would end with JupyterLab
		"--MappingKernelManager.cull_idle_timeout="+seconds(idleTime),
		"--MappingKernelManager.cull_interval="+seconds(idleInterval),
		"--LabApp.default_url="+l.page(),
		"--LabApp.extension_manager=readonly",
		"--LabApp.news_url=",
		"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
	)
	if os.Geteuid() == 0 { // as in a container; Jupyter refuses to run as root unless told
		cmd.Args = append(cmd.Args, "--ServerApp.allow_root=True")
	}
	cmd.Dir = l.folder(env)
	cmd.Env = append(f.environment(), "JUPYTER_TOKEN=", "JUPYTER_TOKEN_FILE="+file)
	return cmd, nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// folder is what JupyterLab serves.
func (l Lab) folder(env *setup.Environment) string {
	return cmp.Or(l.Copies, filepath.Join(env.Module, "notebooks"))
}

func (l Lab) page() string {
	var parts []string
	for _, part := range strings.Split(filepath.ToSlash(l.Notebook), "/") {
		parts = append(parts, url.PathEscape(part))
	}
	return "/lab/tree/" + strings.Join(parts, "/")
}

// browserHost is the host that a browser on this machine reaches address ip by.
func browserHost(ip string) string {
	if parsed := net.ParseIP(ip); parsed != nil && parsed.IsUnspecified() {
		return "127.0.0.1"
	}
	return ip
}

// freePort returns port when it is free, or, when port is 0, the first free one of ten from 8888 on.
func freePort(ctx context.Context, ip string, port int) (int, error) {
	first, last := port, port
	if port == 0 {
		first, last = 8888, 8897
	}
	var config net.ListenConfig
	for p := first; p <= last; p++ {
		listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(ip, strconv.Itoa(p)))
		if err == nil {
			return p, listener.Close()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return 0, fmt.Errorf("listening on %s: %w; give another --ip or --port", net.JoinHostPort(ip, strconv.Itoa(p)), reason.Of(err))
		}
	}
	if port == 0 {
		return 0, fmt.Errorf("listening on %s: ports %d to %d are in use; give a free one with --port", ip, first, last)
	}
	return 0, fmt.Errorf("listening on %s: port %d is in use; give another with --port, or stop the program that uses it", ip, port)
}

// taken reports whether a program listens at the port.
func taken(ctx context.Context, ip string, port int) bool {
	_, err := freePort(ctx, ip, port)
	return err != nil
}

// server is a JupyterLab that answers.
type server struct {
	base     string // its URL, without a slash at its end
	redirect string // a file, private to the user, that leads a browser to the first page with the token
}

// answering waits until JupyterLab serves; ok is false when ctx ends first. The server notes its URL in the runtime folder
// before it listens. If another process won the port, it rejects our token, which differs at each start.
func (l Lab) answering(ctx context.Context, f folders, port int, token string) (s server, ok bool) {
	own := &tls.Config{InsecureSkipVerify: true} // it is on this machine, and has to know the token
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: own, DisableKeepAlives: true}}
	for ctx.Err() == nil {
		if s := l.noted(f, port); s.base != "" && letsIn(ctx, &client, s.base, token) {
			return s, true
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return server{}, false
}

// noted is what the server has written about itself.
func (l Lab) noted(f folders, port int) server {
	records, _ := fs.Glob(os.DirFS(f.runtime()), "jpserver-*.json") // the folder's own name may look like a pattern
	for _, name := range records {
		path := filepath.Join(f.runtime(), name)
		var record struct{ URL string }
		content, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(content, &record) != nil { // half written, or just removed
			continue
		}
		if found, err := url.Parse(record.URL); err == nil {
			found.Host = net.JoinHostPort(browserHost(l.IP), strconv.Itoa(port))
			return server{strings.TrimSuffix(found.String(), "/"), strings.TrimSuffix(path, ".json") + "-open.html"}
		}
	}
	return server{}
}

func letsIn(ctx context.Context, client *http.Client, base, token string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/status", nil)
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", "token "+token)
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK && ctx.Err() == nil
}

func writeLabSettings(f folders) error {
	folder := filepath.Join(f.config(), "labconfig")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("writing JupyterLab's settings: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "default_setting_overrides.json"), []byte(labSettings), 0o600); err != nil {
		return fmt.Errorf("writing JupyterLab's settings: %w", err)
	}
	return nil
}

// writeFirstWorkspace does nothing where there is a workspace: it is the reader's.
func writeFirstWorkspace(f folders) error {
	if err := os.MkdirAll(f.workspaces(), 0o700); err != nil {
		return fmt.Errorf("making JupyterLab's workspace: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(f.workspaces(), workspaceFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		_, err = file.WriteString(firstWorkspace)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return fmt.Errorf("making JupyterLab's workspace: %w", err)
	}
	return nil
}
