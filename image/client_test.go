package image

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
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

// startKernel starts a kernel and has it begin a cell. It returns the connection.
func startKernel(t *testing.T, l lab, code string) io.ReadWriter {
	t.Helper()
	var kernel struct{ ID string }
	decode(t, call(t, l, http.MethodPost, "/api/kernels", `{"name": "gonb"}`), &kernel)
	conn, err := dial(t, l, "/api/kernels/"+kernel.ID+"/channels", http.Header{"Authorization": {"token " + l.token}})
	if err != nil {
		t.Fatal(err)
	}
	message, err := json.Marshal(map[string]any{
		"channel":       "shell",
		"header":        map[string]string{"msg_id": "the-cell", "msg_type": "execute_request", "username": "", "session": "test", "version": "5.3"},
		"parent_header": map[string]string{}, "metadata": map[string]string{},
		"content": map[string]any{"code": code, "silent": false, "store_history": true, "user_expressions": map[string]string{}, "allow_stdin": false, "stop_on_error": true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := wsutil.WriteClientText(conn, message); err != nil {
		t.Fatal(err)
	}
	return conn
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

// runCell runs a cell in a kernel of its own and returns what it printed, errors too.
func runCell(t *testing.T, l lab, code string) string {
	t.Helper()
	conn := startKernel(t, l, code)
	var shown strings.Builder
	for replied, idle := false, false; !replied || !idle; {
		content, err := wsutil.ReadServerText(conn)
		if err != nil {
			t.Fatalf("waiting for the cell: %v; it showed %q\n%s", err, shown.String(), l.output())
		}
		var message struct {
			MsgType string `json:"msg_type"`
			Parent  struct {
				ID string `json:"msg_id"`
			} `json:"parent_header"`
			Content struct {
				Text, EName, EValue, State string
				ExecutionState             string `json:"execution_state"`
				Traceback                  []string
			}
		}
		decode(t, content, &message)
		if message.Parent.ID != "the-cell" {
			continue
		}
		switch message.MsgType {
		case "stream":
			shown.WriteString(message.Content.Text)
		case "error":
			shown.WriteString(message.Content.EName + ": " + message.Content.EValue + strings.Join(message.Content.Traceback, "\n"))
		case "execute_reply":
			replied = true
		case "status":
			idle = message.Content.ExecutionState == "idle"
		}
	}
	return shown.String()
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
