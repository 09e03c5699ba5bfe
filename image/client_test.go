package image

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// call asks JupyterLab's API something, with the token, and returns the answer.
func call(t *testing.T, l lab, method, path, body string) []byte {
	t.Helper()
	request, err := http.NewRequest(method, l.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "token "+l.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 400 {
		t.Fatalf("%s %s: %s %s %v", method, path, response.Status, content, err)
	}
	return content
}

// dial opens a WebSocket.
func dial(t *testing.T, l lab, path string, header http.Header) (io.ReadWriter, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP(header)}
	conn, buffered, _, err := dialer.Dial(ctx, strings.Replace(l.base, "http:", "ws:", 1)+path)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(3 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if buffered == nil {
		return conn, nil
	}
	return struct {
		io.Reader
		io.Writer
	}{io.MultiReader(buffered, conn), conn}, nil
}

// kernel is a kernel in a container.
type kernel struct {
	l     lab
	conn  io.ReadWriter
	cells int // that were begun
}

// newKernel starts a kernel, which ends with its container.
func newKernel(t *testing.T, l lab) *kernel {
	t.Helper()
	var started struct{ ID string }
	decode(t, call(t, l, http.MethodPost, "/api/kernels", `{"name": "gonb"}`), &started)
	conn, err := dial(t, l, "/api/kernels/"+started.ID+"/channels", http.Header{"Authorization": {"token " + l.token}})
	if err != nil {
		t.Fatal(err)
	}
	return &kernel{l: l, conn: conn}
}

// begin has the kernel run a cell, and returns the request's number.
func (k *kernel) begin(t *testing.T, code string) string {
	t.Helper()
	k.cells++
	id := fmt.Sprintf("cell-%d", k.cells)
	message, err := json.Marshal(map[string]any{
		"channel":       "shell",
		"header":        map[string]string{"msg_id": id, "msg_type": "execute_request", "username": "", "session": "test", "version": "5.3"},
		"parent_header": map[string]string{}, "metadata": map[string]string{},
		"content": map[string]any{"code": code, "silent": false, "store_history": true, "user_expressions": map[string]string{}, "allow_stdin": false, "stop_on_error": true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := wsutil.WriteClientText(k.conn, message); err != nil {
		t.Fatal(err)
	}
	return id
}

// cellResult is what a cell printed, errors too, and how long it took, in ms.
type cellResult struct {
	shown             string
	building, running float64
}

// run runs a cell and waits for its end.
func (k *kernel) run(t *testing.T, code string) (result cellResult) {
	t.Helper()
	id := k.begin(t, code)
	for replied, idle := false, false; !replied || !idle; {
		content, err := wsutil.ReadServerText(k.conn)
		if err != nil {
			t.Fatalf("waiting for the cell: %v; it showed %q\n%s", err, result.shown, k.l.output())
		}
		var message struct {
			MsgType string `json:"msg_type"`
			Parent  struct {
				ID string `json:"msg_id"`
			} `json:"parent_header"`
			Metadata struct {
				Multiprocessing struct {
					Building float64 `json:"building_ms"`
					Running  float64 `json:"running_ms"`
				}
			}
			Content struct {
				Text, EName, EValue string
				ExecutionState      string `json:"execution_state"`
				Traceback           []string
			}
		}
		decode(t, content, &message)
		if message.Parent.ID != id {
			continue
		}
		switch message.MsgType {
		case "stream":
			result.shown += message.Content.Text
		case "error":
			result.shown += message.Content.EName + ": " + message.Content.EValue + strings.Join(message.Content.Traceback, "\n")
		case "execute_reply":
			replied = true
			result.building, result.running = message.Metadata.Multiprocessing.Building, message.Metadata.Multiprocessing.Running
		case "status":
			idle = message.Content.ExecutionState == "idle"
		}
	}
	return result
}

// until waits until the running cell has printed text.
func (k *kernel) until(t *testing.T, text string) {
	t.Helper()
	for shown := ""; !strings.Contains(shown, text); {
		content, err := wsutil.ReadServerText(k.conn)
		if err != nil {
			t.Fatalf("waiting for %q: %v; shown was %q\n%s", text, err, shown, k.l.output())
		}
		var message struct {
			MsgType string `json:"msg_type"`
			Content struct{ Text string }
		}
		if decode(t, content, &message); message.MsgType == "stream" {
			shown += message.Content.Text
		}
	}
}

// runCell runs a cell in a kernel of its own and returns what it printed.
func runCell(t *testing.T, l lab, code string) string {
	t.Helper()
	return newKernel(t, l).run(t, code).shown
}

// builds is a file in the container that the go command of cells tells how it did what GoNB asked.
const builds = "/tmp/builds-of-a-test"

// wantFast runs a reader's first cells in a fresh kernel, and holds that what the image was built with serves them: the
// go command of cells has the compiler and the linker make each, and leaves the real go command nothing. So nothing but
// the cell's own package is compiled. How long that takes is only told: go test -v shows it.
func wantFast(t *testing.T, l lab) {
	t.Helper()
	k := newKernel(t, l)
	k.run(t, "%env MULTIPROCESSING_BUILDS "+builds)
	for _, cell := range []struct{ what, code string }{
		{"the first cell of a kernel", "%%\nfmt.Println(6 * 7)"},
		{"the first one with other imports", "import (\n\"multiprocessing/lib/display\"\n\"multiprocessing/lib/pool\"\n\"multiprocessing/lib/timing\"\n)\n" +
			"var _, _, _ = display.Table, pool.New, timing.Compare\n%%\nfmt.Println(6 * 7)"},
	} {
		began := time.Now()
		got := k.run(t, cell.code)
		took := time.Since(began)
		if got.shown != "42\n" {
			t.Errorf("%s shows %q, want 42", cell.what, got.shown)
		}
		notes := l.inside(t, "cat", builds)
		l.inside(t, "rm", builds)
		for _, verb := range []string{"get", "build"} {
			if !regexp.MustCompile(`"verb":"` + verb + `".*"how":"direct","ok":true`).MatchString(notes) {
				t.Errorf("%s: go %s was left to the real go command: %s", cell.what, verb, notes)
			}
		}
		t.Logf("%s: %s, of which building %.0f ms", cell.what, took.Round(time.Millisecond), got.building)
	}
}

// browserOf is a client that keeps cookies and has the one against forged requests.
func browserOf(t *testing.T, l lab) (client *http.Client, xsrf string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client = &http.Client{Jar: jar}
	response, err := client.Get(l.base + "/login")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	base, err := url.Parse(l.base)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range jar.Cookies(base) {
		if cookie.Name == "_xsrf" {
			xsrf = cookie.Value
		}
	}
	if xsrf == "" {
		t.Fatal("the log-in page sets no _xsrf cookie")
	}
	return client, xsrf
}

// logIn fills in the log-in page, and returns what JupyterLab then answers to a request for the notebooks.
func logIn(t *testing.T, l lab, password string) int {
	t.Helper()
	client, xsrf := browserOf(t, l)
	return loggedIn(t, client, l, xsrf, password)
}

func loggedIn(t *testing.T, client *http.Client, l lab, xsrf, password string) int {
	t.Helper()
	response, err := client.PostForm(l.base+"/login", url.Values{"_xsrf": {xsrf}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response, err = client.Get(l.base + "/api/contents"); err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

// send makes a request with headers and returns its status.
func send(t *testing.T, client *http.Client, method, target string, header http.Header, body []byte) int {
	t.Helper()
	request, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
