//go:build unix

package notebook

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/notebook/fakekernel"
)

// TestMain plays the cell when a test starts this binary again as one.
func TestMain(m *testing.M) {
	switch os.Getenv("CELL") {
	case "":
		os.Exit(m.Run())
	case "exit":
		show(20)
		os.Exit(3)
	case "panic":
		show(20)
		panic("on purpose")
	case "parallel":
		done := make(chan bool)
		for range 10 {
			go func() { show(10); done <- true }()
		}
		for range 10 {
			<-done
		}
	case "second sender":
		// As gonbui would: the pipe is open before the first Send.
		if _, err := os.OpenFile(os.Getenv(protocol.GONB_PIPE_ENV), os.O_WRONLY, 0); err != nil {
			panic(err)
		}
		fmt.Print(Send(Bundle{protocol.MIMETextPlain: "x"}))
	}
}

func show(n int) {
	for i := range n {
		if err := Send(Bundle{protocol.MIMETextPlain: fmt.Sprint(i), protocol.MIMETextHTML: strings.Repeat("x", 100_000)}); err != nil {
			panic(err)
		}
	}
}

func cell(t *testing.T, kind string) (*fakekernel.Kernel, string) {
	t.Helper()
	k := fakekernel.Start(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), k.Environ()...), "CELL="+kind)
	out, _ := cmd.Output()
	return k, string(out)
}

func TestNothingIsLostWhenTheCellExitsOrPanics(t *testing.T) {
	for _, kind := range []string{"exit", "panic"} {
		k, _ := cell(t, kind)
		// The cell has ended; what it showed is there without further waiting.
		if n := len(k.Shown()); n != 20 {
			t.Errorf("%s: %d of 20 arrived (%v)", kind, n, k.Err())
		}
		if k.Syncs() != 20 {
			t.Errorf("%s: %d acknowledgments were asked for, want 20", kind, k.Syncs())
		}
	}
}

func TestAMessageCarriesAllItsForms(t *testing.T) {
	k, _ := cell(t, "exit")
	first := k.Shown()[0]
	if first[protocol.MIMETextPlain] != "0" || len(first[protocol.MIMETextHTML].(string)) != 100_000 {
		t.Errorf("got %.100v", first)
	}
}

func TestGoroutinesShareOneStream(t *testing.T) {
	k, _ := cell(t, "parallel")
	if n := len(k.Shown()); n != 100 || k.Err() != nil {
		t.Errorf("%d of 100 arrived, %v", n, k.Err())
	}
}

func TestASecondSenderIsRefusedAndToldWhatToDo(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("this system cannot tell which files a program has open")
	}
	_, out := cell(t, "second sender")
	if !strings.Contains(out, "call display.Through(gonbui.SendData, gonbui.Sync)") {
		t.Errorf("got %q", out)
	}
}

func TestThroughUsesTheGivenSender(t *testing.T) {
	var calls []string
	send := func(d *protocol.DisplayData) { calls = append(calls, fmt.Sprint(d.Data[protocol.MIMETextPlain])) }
	flush := func() { calls = append(calls, "flush") }
	if err := Through(send, flush); err != nil {
		t.Fatal(err)
	}
	defer func() { sender.send, sender.flush = nil, nil }()
	if err := Send(Bundle{protocol.MIMETextPlain: "x"}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(calls, " "); got != "x flush" {
		t.Errorf("got %q", got)
	}
}

func TestThroughAfterOutputIsAnError(t *testing.T) {
	sender.conn = &Conn{}
	defer func() { sender.conn = nil }()
	if err := Through(nil, nil); err == nil || !strings.Contains(err.Error(), "before anything is shown") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingPipeIsAnError(t *testing.T) {
	_, err := Open("/no/such/pipe", "/no/such/pipe")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestAKernelThatIsGoneDoesNotHangTheCell(t *testing.T) {
	defer func(p time.Duration) { Patience = p }(Patience)
	Patience = 20 * time.Millisecond
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(pipe, pipe)
	if err == nil || !strings.Contains(err.Error(), "did not open") {
		t.Errorf("got %v", err)
	}
	// Let the open that still blocks end.
	f, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func TestAKernelThatClosesThePipeIsAnError(t *testing.T) {
	dir := t.TempDir()
	out, back := filepath.Join(dir, "out"), filepath.Join(dir, "back")
	for _, p := range []string{out, back} {
		if err := syscall.Mkfifo(p, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		r, _ := os.Open(out)
		w, _ := os.OpenFile(back, os.O_WRONLY, 0)
		w.Close()
		// Kept open, so that it is the answer that is missing.
		time.Sleep(time.Second)
		r.Close()
	}()
	c, err := Open(out, back)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Send(&protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMETextPlain: "x"}})
	if err == nil || !strings.Contains(err.Error(), "closed the pipe") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSend(b *testing.B) {
	k := fakekernel.Start(b)
	c, err := Open(k.Out, k.Back)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	data := &protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMETextHTML: strings.Repeat("x", 5000)}}
	for b.Loop() {
		if err := c.Send(data); err != nil {
			b.Fatal(err)
		}
	}
}
