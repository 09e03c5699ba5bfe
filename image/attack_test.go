package image

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func withoutATokenNothingIsTold(t *testing.T, l lab) {
	var kernel struct{ ID string }
	decode(t, call(t, l, http.MethodPost, "/api/kernels", `{"name": "gonb"}`), &kernel)
	for _, path := range []string{
		"/api/contents", "/api/contents/05-primes.ipynb", "/files/05-primes.ipynb", "/api/kernels", "/api/sessions",
		"/api/terminals", "/api/status", "/api/config/x", "/api/kernelspecs", "/nbconvert/html/05-primes.ipynb",
		"/lab/api/workspaces", "/lab/api/settings", "/api/kernels/" + kernel.ID,
	} {
		if got := status(t, l.base+path, ""); got < 400 && !isLogIn(t, l.base+path) {
			t.Errorf("GET %s: %d, want it refused or sent to the log-in page", path, got)
		}
	}
	for _, path := range []string{"/api/kernels", "/api/terminals", "/api/contents", "/api/sessions", "/api/shutdown"} {
		if got := send(t, http.DefaultClient, http.MethodPost, l.base+path, http.Header{}, []byte("{}")); got != http.StatusForbidden {
			t.Errorf("POST %s: %d, want 403", path, got)
		}
	}
	for _, header := range []http.Header{{}, {"Authorization": {"token wrong"}}, {"Origin": {l.base}}} {
		if _, err := dial(t, l, "/api/kernels/"+kernel.ID+"/channels", header); err == nil || !strings.Contains(err.Error(), "403") {
			t.Errorf("a WebSocket with %v: %v, want 403", header, err)
		}
	}
}

// isLogIn tells whether a page leads to the one where the token is asked for.
func isLogIn(t *testing.T, page string) bool {
	t.Helper()
	response, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.Request.URL.Path == "/login"
}

// A page from elsewhere can have the reader's browser send requests with its cookies, and say only the truth about where
// they come from.
func aPageFromElsewhereCannotUseTheReadersLogIn(t *testing.T, l lab) {
	client, xsrf := browserOf(t, l)
	if got := loggedIn(t, client, l, xsrf, l.token); got != http.StatusOK {
		t.Fatalf("after logging in: %d", got)
	}
	elsewhere := http.Header{"Origin": {"http://evil.example"}, "Referer": {"http://evil.example/page"}, "Content-Type": {"text/plain"}}
	for method, path := range map[string]string{
		http.MethodPost: "/api/kernels", http.MethodPut: "/api/contents/05-primes.ipynb", http.MethodDelete: "/api/contents/05-primes.ipynb",
	} {
		if got := send(t, client, method, l.base+path, elsewhere, []byte(`{"name": "gonb"}`)); got < 400 {
			t.Errorf("%s %s from elsewhere: %d, want it refused", method, path, got)
		}
	}
	own := http.Header{"X-Xsrftoken": {xsrf}, "Content-Type": {"application/json"}}
	if got := send(t, client, http.MethodPost, l.base+"/api/kernels", own, []byte(`{"name": "gonb"}`)); got != http.StatusCreated {
		t.Errorf("the same from its own page: %d, want 201", got)
	}
	var kernels []struct{ ID string }
	decode(t, call(t, l, http.MethodGet, "/api/kernels", ""), &kernels)
	base, err := url.Parse(l.base)
	if err != nil {
		t.Fatal(err)
	}
	var cookies []string
	for _, cookie := range client.Jar.(*cookiejar.Jar).Cookies(base) {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	header := http.Header{"Cookie": {strings.Join(cookies, "; ")}, "Origin": {"http://evil.example"}}
	if _, err := dial(t, l, "/api/kernels/"+kernels[0].ID+"/channels", header); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("a WebSocket from elsewhere: %v, want 403", err)
	}
	header.Set("Origin", l.base)
	if _, err := dial(t, l, "/api/kernels/"+kernels[0].ID+"/channels", header); err != nil {
		t.Errorf("a WebSocket from its own page: %v", err)
	}
}

// With the token a reader may do anything as the container's user, in a cell or a terminal; the files API still keeps to
// the notebooks' folder, and shows nothing hidden.
func theFilesAPIKeepsToItsFolder(t *testing.T, l lab) {
	l.inside(t, "sh", "-c", "echo private >/home/jovyan/private; mkdir -p /home/jovyan/notebooks/.hidden; echo private >/home/jovyan/notebooks/.hidden/private")
	for _, path := range []string{
		"../private", "..%2fprivate", "%2e%2e/private", "%2e%2e%2fprivate", "..%252fprivate", "solutions/../../private", "solutions/..%2f..%2fprivate",
		"..%5cprivate", "//home/jovyan/private", "%2fhome%2fjovyan%2fprivate", "../../../etc/passwd", "..%00/private", ".hidden/private", "%2ehidden/private",
	} {
		for _, api := range []string{"/files/", "/api/contents/", "/nbconvert/html/", "/static/", "/lab/tree/", "/api/contents/../files/"} {
			code, body := raw(t, l, api+path)
			if strings.Contains(body, "private\n") || strings.Contains(body, "root:x:") {
				t.Errorf("GET %s%s: %d and the file", api, path, code)
			}
			if code == http.StatusOK && api != "/lab/tree/" {
				t.Errorf("GET %s%s: 200, want it refused", api, path)
			}
		}
	}
}

// raw sends a path as it stands, where net/http would clean it.
func raw(t *testing.T, l lab, path string) (code int, body string) {
	t.Helper()
	host := strings.TrimPrefix(l.base, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: token %s\r\nConnection: close\r\n\r\n", path, host, l.token)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(content)
}

// Another user of the machine that the container's processes can be seen from, here one in the container.
func anotherUserReadsNothing(t *testing.T, l lab) {
	newKernel(t, l).begin(t, "%%\nfmt.Println(\"runs\"); for { time.Sleep(time.Second) }")
	private := strings.Fields(l.inside(t, "sh", "-c", `
for i in $(seq 300); do ls /tmp/multiprocessing-jupyter-*/*/gonb_* >/dev/null 2>&1 && break; sleep 0.1; done
ls -d /tmp/multiprocessing-* /tmp/multiprocessing-*/*/gonb_* /tmp/multiprocessing-*/runtime/*.json
find /home/jovyan/.cache /tmp -name '*secret*' -o -name '*.sqlite' -o -name 'nbsignatures*' -o -type s; find /tmp /home/jovyan/.cache -type s -o -name 'lab-*.log'`))
	if found := strings.Join(private, " "); !regexp.MustCompile(`runtime/kernel-\S+\.json`).MatchString(found) || !regexp.MustCompile(`/tmp/multiprocessing-jupyter-\S+/gonb_`).MatchString(found) {
		t.Fatalf("no connection file or no folder of a kernel among %s", found)
	}
	if out, err := l.exec("1234:1234", "sh", "-c", "id -u && ls /tmp").CombinedOutput(); err != nil || !strings.Contains(string(out), "multiprocessing-jupyter-") {
		t.Fatalf("no other user can run anything here: %v %s", err, out)
	}
	for _, path := range private {
		// A folder of the path that others cannot enter is as good as a file that they cannot read.
		line := fmt.Sprintf("ls %[1]q/ || cat %[1]q || { command -v python3 >/dev/null && python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' %[1]q; }", path)
		if out, err := l.exec("1234:1234", "sh", "-c", line).CombinedOutput(); err == nil {
			t.Errorf("another user reads %s: %s", path, out)
		}
	}
	// A kernel's ports, which another user may guess: a socket greets whom it has let in.
	connection := regexp.MustCompile(`\S+runtime/kernel-\S+\.json`).FindString(strings.Join(private, " "))
	hear := "for port in"
	for _, port := range regexp.MustCompile(`"[a-z]+_port": *(\d+)`).FindAllStringSubmatch(l.inside(t, "cat", connection), -1) {
		hear += " " + port[1]
	}
	hear += `; do bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 && head -c 1 <&3' $port; done`
	if heard := l.inside(t, "sh", "-c", hear); strings.Count(heard, "\xff") != 5 {
		t.Errorf("its own user hears %q on a kernel's ports: %s", heard, hear)
	}
	if heard, _ := l.exec("1234:1234", "sh", "-c", hear).Output(); len(heard) > 0 {
		t.Errorf("another user hears %q on a kernel's ports", heard)
	}
	out, err := l.exec("1234:1234", "sh", "-c", "cat /proc/[0-9]*/environ; cat /proc/[0-9]*/cmdline").CombinedOutput()
	if strings.Contains(string(out), l.token) {
		t.Errorf("another user sees the token among the processes (%v)", err)
	}
	for _, folder := range []string{"/home/jovyan", "/opt/multiprocessing", "/opt/multiprocessing/setup", "/opt/multiprocessing/go-build/00"} {
		if out, err := l.exec("1234:1234", "touch", filepath.Join(folder, "mine")).CombinedOutput(); err == nil {
			t.Errorf("another user writes to %s: %s", folder, out)
		}
	}
}
