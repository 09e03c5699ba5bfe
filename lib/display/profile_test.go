package display

import (
	"bytes"
	"math"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/display/internal/cpuprofile"
)

func sampled() []cpuprofile.Sample {
	return []cpuprofile.Sample{
		{Stack: []string{"runtime.main", "main.main", "multiprocessing/lib/pool.Map[go.shape.int]"}, CPU: 10 * ms},
		{Stack: []string{"multiprocessing/lib/pool.(*Pool).worker", "multiprocessing/lib/primes.Nth", "multiprocessing/lib/primes.IsPrime"}, CPU: 700 * ms},
		{Stack: []string{"multiprocessing/lib/pool.(*Pool).worker", "multiprocessing/lib/primes.Nth"}, CPU: 200 * ms},
		{Stack: []string{"multiprocessing/lib/pool.(*Pool).worker", "main.func1<b>"}, CPU: 89 * ms},
		{Stack: []string{"runtime.gcBgMarkWorker"}, CPU: time.Microsecond},
	}
}

func TestTheFlamePicture(t *testing.T) {
	root := flameOf(sampled())
	said := describeFlame(root, 500*ms)
	want := "999 ms of CPU time in 500 ms. The time of the functions themselves: primes.IsPrime 70%, primes.Nth 20%, main.func1<b> 9%, pool.Map 1%."
	if said != want {
		t.Errorf("got %q", said)
	}
	golden(t, "flame.svg", flameSVG(root, said))
}

func TestTheTableOfAProfileHasEachFunctionsOwnTime(t *testing.T) {
	df := functionsOf(flameOf(sampled()))
	if got, want := strings.Join(df.Col("function").Records(), " "), "primes.IsPrime primes.Nth main.func1<b> pool.Map runtime.gcBgMarkWorker"; got != want {
		t.Errorf("functions %s, want %s", got, want)
	}
	if share, time := df.Col("itself %").Float()[1], df.Col("itself ms").Float()[1]; math.Abs(share-20.02) > 0.01 || time != 200 {
		t.Errorf("primes.Nth took %v%%, %v ms itself; want 20.02%%, 200 ms", share, time)
	}
}

func TestNamesAreShort(t *testing.T) {
	for name, want := range map[string]string{
		"main.main": "main.main",
		"multiprocessing/lib/pool.Map[go.shape.int,a/b.C].mapping[x].func1": "pool.Map.mapping.func1",
		"a/b.(*T[...]).f": "b.(*T).f",
		"odd[":            "odd[",
		"":                "",
	} {
		if got := shortName(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestDeepAndNarrowStacksAreCut(t *testing.T) {
	deep := strings.Fields(strings.Repeat("f ", 500))
	samples := []cpuprofile.Sample{{Stack: deep, CPU: time.Second}}
	for i := range 10_000 {
		samples = append(samples, cpuprofile.Sample{Stack: []string{"g", strings.Repeat("x", i)}, CPU: 1000})
	}
	if n := strings.Count(flameSVG(flameOf(samples), ""), "<rect"); n > 50 {
		t.Errorf("%d blocks", n)
	}
}

func TestProfileRunsTheWorkOnce(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	runs := 0
	out, _ := printed(t, func() { Profile(func() { runs++ }, Caption("x")) })
	if runs != 1 || out == "" {
		t.Errorf("%d runs, %q", runs, out)
	}
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		t.Skip(err)
	}
	defer pprof.StopCPUProfile()
	out, _ = printed(t, func() { Profile(func() { runs++ }) })
	if runs != 2 || !strings.HasPrefix(out, "No profile was taken: ") {
		t.Errorf("%d runs, %q", runs, out)
	}
}

func TestAfterAPanicTheProfileHasEnded(t *testing.T) {
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("the panic is gone")
			}
		}()
		Profile(func() { panic("boom") })
	}()
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil && !strings.Contains(err.Error(), "test") {
		t.Error(err)
	}
	pprof.StopCPUProfile()
}

func BenchmarkFlame(b *testing.B) {
	for b.Loop() {
		root := flameOf(sampled())
		flameSVG(root, describeFlame(root, ms))
	}
}
