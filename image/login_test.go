package image

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// status asks for a path with a token.
func status(t *testing.T, url, token string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "token "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

const given = "a-secret-that-was-given"

// wantAskedFor checks that the token lets one in and that nothing else does, and that the token is in no command line.
func wantAskedFor(t *testing.T, l lab, token string) {
	t.Helper()
	if got := status(t, l.base+"/api/contents", token); got != http.StatusOK {
		t.Errorf("with the token it answers %d", got)
	}
	wantRefused(t, l, token)
}

// wantRefused checks that no token which is not the secret lets one in, and that the secret is in no command line.
func wantRefused(t *testing.T, l lab, secret string) {
	t.Helper()
	for _, token := range []string{"", "wrong", secret + "x", secret[1:]} {
		if got := status(t, l.base+"/api/contents", token); got != http.StatusForbidden {
			t.Errorf("with token %q it answers %d, want 403", token, got)
		}
	}
	if out := l.inside(t, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"); strings.Contains(out, secret) {
		t.Errorf("the secret is in a command line: %s", out)
	}
}

func theTokenThatWasMadeIsAskedFor(t *testing.T, l lab) {
	if len(l.token) < 20 {
		t.Fatalf("the token printed is %q, want a long one", l.token)
	}
	wantAskedFor(t, l, l.token)
}

func TestATokenThatWasGivenIsAskedFor(t *testing.T) {
	t.Parallel()
	secrets := t.TempDir()
	write(t, filepath.Join(secrets, "token"), given+"\n")
	for name, r := range map[string]run{
		"in the environment": {env: []string{"TOKEN=" + given}},
		"in a file":          {env: []string{"TOKEN_FILE=/given/token"}, mounts: map[string]string{"/given": secrets}},
		"as a secret":        {mounts: map[string]string{"/run/secrets": secrets}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serve(t, r)
			if strings.Contains(l.output(), given) || l.token != "" {
				t.Errorf("what was given is in the log:\n%s", l.output())
			}
			wantAskedFor(t, l, given)
			l.token = given
			if got := runCell(t, l, "!env"); !strings.Contains(got, "GOFLAGS=") || strings.Contains(got, given) {
				t.Errorf("a cell that prints its environment shows the token: %s", got)
			}
		})
	}
}

func TestAPasswordThatWasGivenIsAskedFor(t *testing.T) {
	t.Parallel()
	secrets := t.TempDir()
	write(t, filepath.Join(secrets, "password"), given+"\n")
	for name, r := range map[string]run{
		"in the environment": {env: []string{"PASSWORD=" + given}},
		"in a file":          {env: []string{"PASSWORD_FILE=/given/password"}, mounts: map[string]string{"/given": secrets}},
		"as a secret":        {mounts: map[string]string{"/run/secrets": secrets}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serve(t, r)
			if strings.Contains(l.output(), given) || l.token != "" {
				t.Errorf("what was given is in the log, or a token:\n%s", l.output())
			}
			if got := logIn(t, l, given); got != http.StatusOK {
				t.Errorf("with the password it answers %d", got)
			}
			if got := logIn(t, l, given+"x"); got == http.StatusOK {
				t.Error("a wrong password lets one in")
			}
			wantRefused(t, l, given)
		})
	}
}

func TestAnEmptyTokenOrPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"TOKEN=", "PASSWORD=", "TOKEN_FILE=/dev/null", "PASSWORD_FILE=/no/such/file"} {
		out, err := start(t, run{env: []string{setting}}).wait(t, time.Minute)
		if err == nil || strings.Count(out, "\n") != 1 || !strings.Contains(out, strings.TrimSuffix(strings.Split(setting, "=")[0], "_FILE")) {
			t.Errorf("%s: %v, %q; want one line that names it", setting, err, out)
		}
	}
}
