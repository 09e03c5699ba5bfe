//go:build unix

package explore

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/notebook/fakekernel"
)

// started starts a cell of playCell with a stand-in for the kernel.
func started(t *testing.T, kind string, env ...string) (*fakekernel.Kernel, *exec.Cmd) {
	t.Helper()
	k := fakekernel.Start(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), k.Environ()...), append(env, "CELL="+kind)...)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return k, cmd
}

// plain is the text of all that a cell showed, one line a message.
func plain(k *fakekernel.Kernel) string {
	var all []string
	for _, b := range k.Shown() {
		text, _ := b[protocol.MIMETextPlain].(string)
		all = append(all, text)
	}
	return strings.Join(all, "\n")
}

// said waits until the page was told a line that begins so.
func said(t *testing.T, k *fakekernel.Kernel, want string) {
	t.Helper()
	for range 500 {
		for _, m := range k.Metadata() {
			if text, _ := m["said"].(string); strings.HasPrefix(text, want) {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never said %q, but %v", want, k.Metadata())
}

// greeted starts a cell and plays the page that answers.
func greeted(t *testing.T) (k *fakekernel.Kernel, cmd *exec.Cmd, address string) {
	t.Helper()
	k, cmd = started(t, "plain", kernelID+"=some-kernel")
	for len(k.Shown()) == 0 {
		time.Sleep(time.Millisecond)
	}
	address = k.Heard()[0]
	k.Tell(address, `{"do":"hello"}`)
	said(t, k, "Choose")
	return k, cmd, address
}

func TestAPageRunsAndStopsTheCell(t *testing.T) {
	k, cmd, address := greeted(t)
	k.Tell(address, map[string]any{"no": []any{"request"}})
	k.Tell(address, `{"do":"run","values":["5"]}`)
	said(t, k, "Run 1, with n = 5, took")
	k.Tell(address, `{"do":"run","values":["9"]}`) // never returns
	said(t, k, "Run 2, with n = 9, is computing.")
	k.Tell(address, `{"do":"stop"}`)
	if err := cmd.Wait(); err != nil || k.Err() != nil {
		t.Errorf("the cell ended with %v, %v", err, k.Err())
	}
	if got := plain(k); !strings.Contains(got, "n is 5") || !strings.HasSuffix(got, "\nafter") || !strings.Contains(got, "Stopped in the middle of run 2, with n = 9") {
		t.Errorf("it showed %s", got)
	}
}

func TestAnInterruptEndsTheCell(t *testing.T) {
	k, cmd, _ := greeted(t)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(plain(k), "Interrupted before the first run.") {
		t.Errorf("%v; it showed %s", err, plain(k))
	}
}

func TestWhereNobodyAnswersTheCellRunsOnce(t *testing.T) {
	for kind, test := range map[string]struct{ env, want string }{
		"headless": {kernelID + "=", "n is 3\nThis is one run, with n = 3."},
		"nobody":   {kernelID + "=some-kernel", "Sliders for cell, while the cell runs in JupyterLab.\n\nn is 3\nNo page answered within 10ms. This is one run, with n = 3."},
	} {
		k, cmd := started(t, kind, test.env)
		if err := cmd.Wait(); err != nil || !strings.HasPrefix(plain(k), test.want) || !strings.HasSuffix(plain(k), "\nafter") {
			t.Errorf("%s: %v, it showed %q", kind, err, plain(k))
		}
	}
}
