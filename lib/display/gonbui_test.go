//go:build unix

package display_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/notebook/fakekernel"
	"multiprocessing/lib/timing"
)

// TestMain plays the cell when a test starts this binary again as one.
func TestMain(m *testing.M) {
	frame := dataframe.New(series.New([]int{1}, series.Int, "n"))
	switch os.Getenv("CELL") {
	case "":
		os.Exit(m.Run())
	case "alone":
		display.Table(frame)
		display.SVG("<svg/>", "a picture")
		display.Markdown("**bold**")
		os.Exit(1)
	case "long":
		timing.Compare([]timing.Case{{Name: "slow", Run: func() (any, error) { time.Sleep(400 * time.Millisecond); return 1, nil }}}, timing.Rounds(4))
	case "with gonbui":
		display.Through(gonbui.SendData, gonbui.Sync)
		gonbui.DisplayHTML("first")
		display.Table(frame)
		gonbui.DisplayHTML("third")
		display.Markdown("fourth")
	}
}

func cell(t *testing.T, kind string) []map[protocol.MIMEType]any {
	t.Helper()
	return cellOf(t, kind).Shown()
}

func cellOf(t *testing.T, kind string) *fakekernel.Kernel {
	t.Helper()
	k := fakekernel.Start(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), k.Environ()...), "CELL="+kind)
	out, _ := cmd.CombinedOutput()
	if len(out) > 0 || k.Err() != nil {
		t.Errorf("%s: printed %q, %v", kind, out, k.Err())
	}
	return k
}

func TestInANotebookEachFormIsSent(t *testing.T) {
	got := cell(t, "alone")
	if len(got) != 3 {
		t.Fatalf("%d of 3 arrived", len(got))
	}
	for i, want := range []map[protocol.MIMEType]string{
		{protocol.MIMETextPlain: "n\n1\n", protocol.MIMETextHTML: ""},
		{protocol.MIMETextPlain: "a picture", protocol.MIMETextHTML: ""},
		{protocol.MIMETextPlain: "**bold**", protocol.MIMETextMarkdown: "**bold**"},
	} {
		for mime, text := range want {
			if sent, ok := got[i][mime].(string); !ok || (text != "" && sent != text) {
				t.Errorf("output %d, %s: got %q, want %q", i, mime, sent, text)
			}
		}
	}
}

func TestDisplayAndGonbuiShareTheirOutputThroughThrough(t *testing.T) {
	got := cell(t, "with gonbui")
	if len(got) != 4 {
		t.Fatalf("%d of 4 arrived", len(got))
	}
	if got[0][protocol.MIMETextHTML] != "first" || got[2][protocol.MIMETextHTML] != "third" || got[3][protocol.MIMETextMarkdown] != "fourth" {
		t.Errorf("got %v", got)
	}
}

func TestALongComparisonShowsItsProgressAndTakesItAway(t *testing.T) {
	k := cellOf(t, "long")
	got, ids := k.Shown(), k.IDs()
	if len(got) < 2 {
		t.Fatalf("%d updates", len(got))
	}
	first, last := got[0][protocol.MIMETextPlain].(string), got[len(got)-1][protocol.MIMETextHTML].(string)
	if !strings.HasPrefix(first, "slow: ") || last != "" {
		t.Errorf("the first is %q, the last %q", first, last)
	}
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Errorf("ids %q", ids)
		}
	}
}
