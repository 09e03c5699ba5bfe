//go:build unix

package fromgonbui_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"

	_ "multiprocessing/lib/display/fromgonbui"
	"multiprocessing/lib/internal/notebook/fakekernel"
)

// TestMain plays the cell when a test starts this binary again as one.
func TestMain(m *testing.M) {
	switch os.Getenv("CELL") {
	case "":
		os.Exit(m.Run())
	case "shows":
		fmt.Println(1)
		gonbui.DisplayHTML("x")
		gonbui.Sync()
		fmt.Println(2)
		gonbui.UpdateHTML("id", "y")
		fmt.Println(3)
		stacks := make([]byte, 1<<16)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if bytes.Contains(stacks, []byte("pollReaderPipe")) {
			fmt.Println("gonbui waits for GoNB")
		}
	case "listens":
		values := make(chan string)
		comms.Subscribe("/a", func(_, value string) { values <- value })
		comms.Send("/b", "from the cell")
		fmt.Println(<-values)
	}
}

func cell(t *testing.T, kind string) (k *fakekernel.Kernel, cmd *exec.Cmd) {
	t.Helper()
	k = fakekernel.Start(t)
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(append(os.Environ(), k.Environ()...), "CELL="+kind, "MULTIPROCESSING_DISPLAYS="+t.TempDir())
	return k, cmd
}

func TestWhatGonbuiShowsHasItsPlaceInStandardOutputAndNothingWaitsForGoNB(t *testing.T) {
	_, cmd := cell(t, "shows")
	out, err := cmd.Output()
	const want = "1\n[]2\n[]3\n"
	if got := regexp.MustCompile("\x00display display-\\d+\x00").ReplaceAllString(string(out), "[]"); got != want || err != nil {
		t.Errorf("%v, printed %q, want %q", err, got, want)
	}
}

func TestGonbuisWidgetsStillTalkToGoNB(t *testing.T) {
	k, cmd := cell(t, "listens")
	go func() {
		for !slices.Contains(k.Heard(), "/a") {
			time.Sleep(time.Millisecond)
		}
		k.Tell("/a", "from the page")
	}()
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "from the page\n" {
		t.Errorf("%v, printed %q", err, out)
	}
}
