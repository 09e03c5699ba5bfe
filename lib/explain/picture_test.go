package explain

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/timing"
)

var update = flag.Bool("update", false, "write the golden files")

const ms = time.Millisecond

func interval(state lanes.State, reason lanes.Reason, place string, from, to time.Duration, waker int64) lanes.Interval {
	return lanes.Interval{State: state, From: from * ms, To: to * ms, Reason: reason, Place: place, Waker: waker}
}

// example has all that a picture shows.
func example() lanes.Run {
	assist := interval(lanes.Running, lanes.Collection, "", 30, 40, 0)
	blocked := interval(lanes.Waiting, lanes.Receive, "main.go:9", 20, 100, 0)
	return lanes.Run{Length: 100 * ms, Procs: 2, Collections: []lanes.Stretch{{From: 30 * ms, To: 42 * ms}}, Goroutines: []lanes.Goroutine{
		{ID: 7, Name: "main.work.func2", Parent: 1, Intervals: []lanes.Interval{
			interval(lanes.Ready, "", "", 10, 12, 0), interval(lanes.Running, "", "", 12, 50, 0),
			interval(lanes.Waiting, lanes.Mutex, "main.go:5", 50, 70, 6), interval(lanes.Running, "", "", 70, 100, 0)}},
		{ID: 1, Name: "main.main", Caller: true, Intervals: []lanes.Interval{
			interval(lanes.Running, "", "", 0, 10, 0), interval(lanes.Waiting, lanes.Others, "", 10, 100, 6)}},
		{ID: 6, Name: "multiprocessing/lib/pool.(*worker).loop", Parent: 1, Intervals: []lanes.Interval{
			interval(lanes.Running, "", "", 5, 30, 0), assist, interval(lanes.Running, "", "", 40, 70, 0),
			interval(lanes.Syscall, "", "main.go:6", 70, 80, 0), interval(lanes.Waiting, lanes.Sleep, "main.go:7", 80, 95, 0)}},
		{ID: 8, Name: "main.leak", Parent: 1, Left: true, Intervals: []lanes.Interval{interval(lanes.Running, "", "", 19, 20, 0), blocked}},
		{ID: 9, Name: "runtime.gcBgMarkWorker", System: true, Intervals: []lanes.Interval{interval(lanes.Running, "", "", 30, 42, 0)}},
	}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it and write it with -update:\n%s", name, got)
	}
}

func TestThePictureOfARun(t *testing.T) {
	golden(t, "goroutines.svg", pictureOf(example(), settings{wakes: true}).svg())
	golden(t, "processors.svg", pictureOf(example(), settings{processors: true}).svg())
}

func TestTheTextSaysWhatThePictureShows(t *testing.T) {
	want := "4 goroutines in 100 ms on 2 processors, which were busy for 72% of the time. They were ready without a core for 2.00 ms in all. " +
		"The longest wait: main.work.func2 (goroutine 7) waits for the mutex at main.go:5, for 20.0 ms in all. 1 garbage collection took 12.0 ms. " +
		"main.leak (goroutine 8) is left: it waits to receive from the channel at main.go:9 since 20.0 ms."
	if got := pictureOf(example(), settings{}).said; got != want {
		t.Errorf("got %q", got)
	}
}

func TestTheTableHasTheTimesOfEachGoroutine(t *testing.T) {
	df := pictureOf(example(), settings{}).table()
	if got := strings.Join(df.Names(), ","); got != "goroutine,runs,running ms,ready ms,waiting ms,system calls ms,longest wait,left at the end" {
		t.Errorf("the columns are %s", got)
	}
	var csv strings.Builder
	if err := timing.WriteCSV(&csv, df.Drop([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	want := `running ms,ready ms,waiting ms,system calls ms,longest wait,left at the end
10,0,90,0,waits for other goroutines,
65,0,15,10,sleeps at main.go:7,
68,2,20,0,waits for the mutex at main.go:5,
1,0,80,0,waits to receive from the channel at main.go:9,it waits to receive from the channel at main.go:9 since 20.0 ms
`
	if csv.String() != want {
		t.Errorf("got %s", csv.String())
	}
}

func TestManyGoroutinesAreSummedUpAndThePictureStaysSmall(t *testing.T) {
	r := lanes.Run{Length: time.Second, Procs: 2}
	for id := range int64(1000) {
		g := lanes.Goroutine{ID: id + 1, Name: "main.f"}
		for i := range time.Duration(1000) {
			g.Intervals = append(g.Intervals, interval(lanes.Running, "", "", i, i+1, 0), interval(lanes.Waiting, lanes.Send, "a.go:1", i, i+1, 0))
		}
		r.Goroutines = append(r.Goroutines, g)
	}
	p := pictureOf(r, settings{wakes: true})
	svg := p.svg()
	if len(p.lanes) != 64 || !strings.Contains(p.said, "The picture has the first 64 lanes; the other 936 ran for") {
		t.Errorf("%d lanes; %s", len(p.lanes), p.said)
	}
	if len(svg) > 2<<20 {
		t.Errorf("the picture has %d bytes", len(svg))
	}
	wellFormed(t, svg)
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

func TestNamesAndPlacesAreEscaped(t *testing.T) {
	r := example()
	r.Goroutines[0].Name = `a<b>&"c"`
	r.Goroutines[0].Intervals[2].Place = "<x>.go:1"
	wellFormed(t, pictureOf(r, settings{}).figure("<caption>"))
	wellFormed(t, pictureOf(r, settings{processors: true}).figure(""))
}

func TestAnEmptyRunHasAPicture(t *testing.T) {
	wellFormed(t, pictureOf(lanes.Run{}, settings{}).svg())
}

func TestATraceForPerfettoHasEachIntervalOnce(t *testing.T) {
	data, err := perfetto(example())
	if err != nil {
		t.Fatal(err)
	}
	var events []event
	if err := json.Unmarshal(data, &events); err != nil {
		t.Fatal(err)
	}
	names, intervals := 0, 0
	for _, e := range events {
		switch e.Phase {
		case "M":
			names++
		case "X":
			intervals++
		}
	}
	if names != 5 || intervals != 1+4+2+5+2 {
		t.Errorf("%d names and %d intervals", names, intervals)
	}
	if e := events[len(events)-1]; e.Name != "waits for a channel" || e.Time != 20_000 || e.Dur != 80_000 || e.TID != 8 {
		t.Errorf("the last event is %+v", e)
	}
}

func BenchmarkPicture(b *testing.B) {
	r := example()
	for b.Loop() {
		pictureOf(r, settings{}).svg()
	}
}
