package setup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"multiprocessing/kernel/internal/reason"
)

// examineNetwork asks whether all that the missing parts are downloaded from can be reached, as go and pip would reach it:
// by the user's module proxy and package index, and through a proxy that the environment names.
func (e *Environment) examineNetwork(ctx context.Context) Finding {
	var answered []string
	for _, from := range e.downloads(ctx) {
		if err := answers(ctx, from.address); err != nil {
			return Finding{"network", false, fmt.Sprintf("%s cannot be reached (%v), from where set-up downloads %s; connect, or name another in %s",
				hostOf(from.address), err, from.what, from.setting)}
		}
		answered = append(answered, hostOf(from.address))
	}
	if len(answered) == 0 {
		return Finding{"network", true, "not needed by what is missing, or no host is named: GOPROXY=" + e.Go.Proxy}
	}
	return Finding{"network", true, strings.Join(answered, ", ") + ": all answer"}
}

// download is a place that set-up downloads from.
type download struct{ address, what, setting string }

// downloads lists where the missing parts come from.
func (e *Environment) downloads(ctx context.Context) (needed []download) {
	if address := firstProxy(e.Go.Proxy); address != "" && !(e.toolsStep().done() && e.warmStep().done()) {
		needed = append(needed, download{address, "Go modules", "GOPROXY"})
	}
	if e.Python.Path == "" || e.venv.complete() {
		return needed
	}
	index := e.packageIndex(ctx)
	needed = append(needed, download{index, "the list of Python packages", "PIP_INDEX_URL"})
	if hostOf(index) == "pypi.org" {
		needed = append(needed, download{"https://files.pythonhosted.org/", "Python packages", "PIP_INDEX_URL"})
	}
	return needed
}

// firstProxy is the address of the first module proxy of GOPROXY, empty if that is none of the network's.
func firstProxy(proxies string) string {
	first, _, _ := strings.Cut(proxies, ",")
	first, _, _ = strings.Cut(first, "|")
	if hostOf(first) == "" {
		return ""
	}
	return first
}

// hostOf is the host of an address of the web, empty for others.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	return parsed.Hostname()
}

// packageIndex is the index that pip looks packages up in: what the environment says, or its settings for install, or
// those for every command. A Python without pip gets its own in the course's environment.
func (e *Environment) packageIndex(ctx context.Context) string {
	out, _ := e.pythonCommand(ctx, e.Python.Path, "-m", "pip", "--disable-pip-version-check", "config", "list").Output()
	settings := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		settings[name] = strings.Trim(value, `'"`)
	}
	for _, name := range []string{":env:.index-url", "install.index-url", "global.index-url"} {
		if address := settings[name]; hostOf(address) != "" {
			return address
		}
	}
	return "https://pypi.org/simple"
}

// answers returns nil if a server answers at the address, whatever it thinks of the request: some want a name, or know no
// page there.
func answers(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return errors.New("it is no address")
	}
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		return reason.Of(failed.Err)
	}
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode >= 500 || response.StatusCode == http.StatusProxyAuthRequired {
		return errors.New(response.Status)
	}
	return nil
}
