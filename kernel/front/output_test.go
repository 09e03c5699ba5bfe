package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

func tellsBuildingFromRunning(t *testing.T, c *client) {
	r := c.execute("%%\ntime.Sleep(1200 * time.Millisecond)")
	times := func(r *asked) (building, running float64) {
		metadata := string(r.reply.Metadata)
		if _, err := fmt.Sscanf(metadata[strings.Index(metadata, `"building_ms"`):], `"building_ms":%f,"running_ms":%f`, &building, &running); err != nil {
			t.Fatalf("%v in %s", err, metadata)
		}
		return building, running
	}
	if building, running := times(r); building <= 0 || running < 1200 {
		t.Errorf("building %v ms, running %v ms of a cell that runs for 1.2 s", building, running)
	}
	if kinds := r.kinds(); len(kinds) != 0 {
		t.Errorf("a run without a browser gets %q", kinds)
	}
	inLab := wire.New("execute_request", c.session, wire.Message{}, map[string]string{"code": "%%\ntime.Sleep(1200 * time.Millisecond)"})
	inLab.Metadata = []byte(`{"recordTiming": true}`)
	r = c.sendMessage(c.shell, inLab)
	c.wait(r)
	if all := r.published(); strings.Join(r.kinds(), " ") != "display_data" || !strings.Contains(string(all[len(all)-2].Content), "built in") {
		t.Errorf("JupyterLab gets %q", r.kinds())
	}
}

func cutsLongOutput(t *testing.T, c *client) {
	r := c.execute(`%%
fmt.Println("the beginning")
line := strings.Repeat("x", 99) + "\n"
for range 1_000_000 {
	os.Stdout.WriteString(line)
}
fmt.Println("the end")`)
	if r.status() != "ok" {
		t.Fatalf("status %s, %s", r.status(), r.said())
	}
	out := r.stream("stdout")
	if !strings.HasPrefix(out, "the beginning\n") || !strings.HasSuffix(out, "x\nthe end\n") || len(out) > 4<<20 {
		t.Errorf("%d bytes, from %q to %q; want the beginning and the end, and not much more", len(out), out[:20], out[len(out)-20:])
	}
	if said := r.stream("stderr"); !strings.Contains(said, "[left out: 98.7 MB of 100.0 MB") {
		t.Errorf("it is said: %q; want how much was left out", said)
	}
}

func leavesOutAHugeDisplay(t *testing.T, c *client) {
	r := c.execute("%%\ndisplay.HTML(strings.Repeat(\"<b>x</b>\", 3_000_000), \"much\")\nfmt.Println(\"shown\")")
	r.wantOK("shown\n")
	if !strings.Contains(r.stream("stderr"), "left out here") {
		t.Errorf("published %q, said %q", r.kinds(), r.stream("stderr"))
	}
}

// Without a sync GoNB lost one picture of forty. The cell names what it imports: to find that takes half a second.
func losesNoPicture(t *testing.T, c *client) {
	for i := range 40 {
		r := c.execute("import \"multiprocessing/lib/display\"\n%%\ndisplay.HTML(\"<b>a picture</b>\", \"a picture\")")
		if kinds := strings.Join(r.kinds(), " "); r.status() != "ok" || kinds != "display_data" {
			t.Fatalf("run %d: %s, published %q before it was idle", i, r.status(), kinds)
		}
	}
}

func doesNotRememberWhatIsSilent(t *testing.T, c *client) {
	c.execute("!echo silent", "silent", "store_history")
	r := c.wait(c.request(c.shell, "history_request", map[string]any{"hist_access_type": "tail", "n": 1}))
	if strings.Contains(string(r.reply.Content), "echo silent") {
		t.Errorf("it remembers %s", r.reply.Content)
	}
}

// Nothing of what a cell may show is lost for a client that only begins to read late. One that does not read at all loses
// what comes after, and the others are told.
func TestWhatAClientIsTooSlowForIsSaid(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	mute, err := zmtp.Dial("unix", filepath.Join(c.folder, "c-4"), "SUB", "", 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if err := mute.Write(zmtp.Message{{1}}); err != nil {
		t.Fatal(err)
	}
	const cell = "%%\nfor range 8 {\n\tdisplay.HTML(strings.Repeat(\"x\", 7_000_000), \"much\")\n}\nfmt.Println(\"shown\")"
	for i := range 2 {
		r := c.execute(cell)
		r.wantOK("shown\n")
		if said := r.stream("stderr"); strings.Contains(said, "too slow") != (i == 1) {
			t.Errorf("cell %d says %q", i, said)
		}
		if n := strings.Count(strings.Join(r.kinds(), " "), "display_data"); n != 8 {
			t.Errorf("a client that reads has got %d of 8", n)
		}
	}
}
