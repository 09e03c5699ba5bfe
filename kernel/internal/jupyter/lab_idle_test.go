package jupyter

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"multiprocessing/kernel/internal/kerneltest"
)

// running is a JupyterLab that a test runs.
type running struct{ base, token string }

// runLab runs JupyterLab until the test ends.
func runLab(t *testing.T) running {
	t.Helper()
	env := kerneltest.SetUp(t, filepath.Join("..", "..", ".."))
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := Lab{Notebook: "00-start-here.ipynb", IP: "127.0.0.1"}.Run(ctx, env, write)
		write.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	var said strings.Builder
	part := make([]byte, 1000)
	address := regexp.MustCompile(`Open (http://[^/]+)/\S*token=(\S+)\n`)
	for {
		n, err := read.Read(part)
		said.Write(part[:n])
		if found := address.FindStringSubmatch(said.String()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, read) }()
			return running{found[1], found[2]}
		}
		if err != nil {
			t.Fatalf("JupyterLab ended: %v: %s", err, said.String())
		}
	}
}

// startedKernel is one of a JupyterLab's kernels, as its API tells of it.
type startedKernel struct {
	ID    string `json:"id"`
	State string `json:"execution_state"`
}

func (r running) call(t *testing.T, method, path, body string, answer any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "token "+r.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		t.Fatal(err)
	}
}

// connect starts a kernel, and connects to it as the page of a notebook does.
func (r running) connect(t *testing.T) (id string, page io.ReadWriteCloser) {
	t.Helper()
	var started startedKernel
	r.call(t, http.MethodPost, "/api/kernels", `{"name": "gonb"}`, &started)
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Authorization": {"token " + r.token}}}
	conn, _, _, err := dialer.Dial(t.Context(), strings.Replace(r.base, "http", "ws", 1)+"/api/kernels/"+started.ID+"/channels")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return started.ID, conn
}

// state returns the state of a kernel, or "" if it was stopped.
func (r running) state(t *testing.T, id string) string {
	t.Helper()
	var all []startedKernel
	r.call(t, http.MethodGet, "/api/kernels", "", &all)
	if at := slices.IndexFunc(all, func(k startedKernel) bool { return k.ID == id }); at >= 0 {
		return all[at].State
	}
	return ""
}

func TestAKernelStopsWhenItsNotebookIsClosedAndNothingRuns(t *testing.T) {
	oldTime, oldInterval := idleTime, idleInterval
	idleTime, idleInterval = 3*time.Second, time.Second
	t.Cleanup(func() { idleTime, idleInterval = oldTime, oldInterval })
	lab := runLab(t)

	open, _ := lab.connect(t)
	busy, page := lab.connect(t)
	execute := `{"channel": "shell", "header": {"msg_id": "1", "msg_type": "execute_request", "username": "", "session": "test", "version": "5.3"},
		"parent_header": {}, "metadata": {}, "content": {"code": "!sleep 1000", "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": false, "stop_on_error": true}}`
	if err := wsutil.WriteClientText(page, []byte(execute)); err != nil {
		t.Fatal(err)
	}
	for lab.state(t, busy) != "busy" {
		time.Sleep(50 * time.Millisecond)
	}
	page.Close()
	closed, page := lab.connect(t)
	page.Close()
	for lab.state(t, closed) != "" { // the last to start, so that the others were looked at by then
		time.Sleep(50 * time.Millisecond)
	}
	if state := lab.state(t, open); state == "" {
		t.Error("the kernel of an open notebook was stopped")
	}
	if state := lab.state(t, busy); state != "busy" {
		t.Errorf("the kernel of a cell that runs is %q, want busy", state)
	}
}
