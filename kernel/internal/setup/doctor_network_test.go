package setup

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

func TestTheNetworkIsFineOnlyIfAllThatSetUpNeedsAnswers(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no Python to ask for its package index")
	}
	up := httptest.NewServer(http.NotFoundHandler())
	defer up.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer broken.Close()
	down := httptest.NewServer(nil)
	down.Close()
	for name, test := range map[string]struct {
		proxy, index string
		ok           bool
		want         string
	}{
		"both answer":                {up.URL + ",direct", up.URL + "/simple", true, "127.0.0.1, 127.0.0.1: all answer"},
		"no module proxy":            {down.URL, up.URL + "/simple", false, "connection refused"},
		"no package index":           {up.URL, down.URL + "/simple", false, "downloads the list of Python packages; connect, or name another in PIP_INDEX_URL"},
		"a package index that fails": {"off", broken.URL + "/simple", false, "502 Bad Gateway"},
		"only a package index":       {"file:///cache", up.URL + "/simple", true, "127.0.0.1: all answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PIP_INDEX_URL", test.index)
			e := checkout(t)
			e.Go.Proxy, e.Python.Path = test.proxy, python
			found := e.examineNetwork(t.Context())
			if found.OK != test.ok || !strings.Contains(found.Detail, test.want) || strings.Contains(found.Detail, "\n") {
				t.Errorf("GOPROXY=%s, PIP_INDEX_URL=%s: %+v, want %v and %q", test.proxy, test.index, found, test.ok, test.want)
			}
		})
	}
}

func TestWhatIsThereNeedsNoNetwork(t *testing.T) {
	e := checkout(t)
	e.Go.Proxy = "http://127.0.0.1:1"
	for _, part := range []part{e.tools, e.venv, e.checkout.within("cache-" + strings.TrimPrefix(e.tools.folder, e.Parts+"/"))} {
		if err := part.make(func(string) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if needed := e.downloads(t.Context()); len(needed) != 0 {
		t.Errorf("with everything there but the kernelspec, %v are needed", needed)
	}
}

func TestTheFirstModuleProxyIsAsked(t *testing.T) {
	for proxies, want := range map[string]string{
		"https://proxy.example.com,direct": "https://proxy.example.com", "https://user:word@example.com:8443/path|direct": "https://user:word@example.com:8443/path",
		"off": "", "direct": "", "file:///cache": "", "": "",
	} {
		if got := firstProxy(proxies); got != want {
			t.Errorf("GOPROXY=%s: %q, want %q", proxies, got, want)
		}
	}
	if host := hostOf("https://user:word@example.com:8443/path"); host != "example.com" {
		t.Errorf("the host is %q", host)
	}
}
