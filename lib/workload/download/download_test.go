package download_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"multiprocessing/lib/workload/download"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleAll() {
	server, err := download.NewServer(20, 1000, download.Always(10*time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	contents, err := download.All(context.Background(), server.Files(), 5)
	fmt.Println(len(contents), len(contents[0]), err)
	// Output: 20 1000 <nil>
}

func ExampleGet() {
	server, err := download.NewServer(1, 1000, download.Always(time.Hour))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = download.Get(ctx, server.Files()[0])
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output: true
}

func start(t testing.TB, files, size int, delay download.Delay) *download.Server {
	t.Helper()
	s, err := download.NewServer(files, size, delay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEveryNumberAtOnceGivesTheSerialContentsInOrder(t *testing.T) {
	for _, size := range []int{0, 1, 100_000} {
		s := start(t, 12, size, download.Between(0, time.Millisecond, 1))
		want, err := download.Serial(t.Context(), s.Files())
		if err != nil {
			t.Fatal(err)
		}
		for _, atOnce := range []int{1, 2, 5, 64} {
			got, err := download.All(t.Context(), s.Files(), atOnce)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%d bytes, %d at once: differs from Serial, %v", size, atOnce, err)
			}
		}
	}
}

// gate lets requests wait until so many are there, without a clock.
func gate(n int) download.Delay {
	var all sync.WaitGroup
	all.Add(n)
	return func(int) time.Duration { all.Done(); all.Wait(); return 0 }
}

func TestAsManyAsAllowedAreUnderWayAtTheSameTime(t *testing.T) {
	s := start(t, 8, 10, gate(8)) // none is sent before all have asked
	if _, err := download.All(t.Context(), s.Files(), 8); err != nil {
		t.Fatal(err)
	}
	if got := s.Stats().MostAtOnce; got != 8 {
		t.Errorf("%d at once", got)
	}
}

func TestThereAreNeverMoreAtOnceThanAllowed(t *testing.T) {
	for _, atOnce := range []int{1, 3} {
		s := start(t, 12, 10, download.Always(time.Millisecond))
		if _, err := download.All(t.Context(), s.Files(), atOnce); err != nil {
			t.Fatal(err)
		}
		s.Close()
		if got := s.Stats(); got.MostAtOnce > atOnce || got.Served != 12 {
			t.Errorf("%d allowed: %+v", atOnce, got)
		}
	}
}

func TestCancelingEndsDownloadsAtOnceAndTheServerHearsOfIt(t *testing.T) {
	const files = 5
	ctx, cancel := context.WithCancel(t.Context())
	var asked sync.WaitGroup
	asked.Add(files)
	s := start(t, files, 10, func(int) time.Duration { asked.Done(); return time.Hour })
	go func() { asked.Wait(); cancel() }()
	_, err := download.All(ctx, s.Files(), files)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "download: http://127.0.0.1:") {
		t.Errorf("%v", err)
	}
	s.Close()
	if got := s.Stats(); got.Canceled != files || got.Served != 0 {
		t.Errorf("%+v", got)
	}
}

func TestATimeoutIsAnErrorThatSaysWhatToDo(t *testing.T) {
	s := start(t, 3, 10, download.Always(time.Hour))
	_, err := download.All(t.Context(), s.Files(), 2, download.Timeout(10*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "it took too long; allow more time") {
		t.Errorf("%v", err)
	}
}

func TestTheFirstErrorCancelsTheOtherDownloads(t *testing.T) {
	var asked sync.WaitGroup
	asked.Add(3)
	s := start(t, 3, 10, func(int) time.Duration { asked.Done(); return time.Hour })
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Wait() // the others wait for their files already
		http.Error(w, "out of order", http.StatusServiceUnavailable)
	}))
	defer bad.Close()
	files := append(s.Files(), download.File{URL: bad.URL})
	_, err := download.All(t.Context(), files, 4)
	if err == nil || !strings.Contains(err.Error(), "the server answers 503 Service Unavailable") {
		t.Errorf("%v", err)
	}
}

func TestAfterAnErrorSerialAsksForNoMore(t *testing.T) {
	s := start(t, 2, 10, download.Always(0))
	files := s.Files()
	files[0].URL += "/none" // no such file
	_, err := download.Serial(t.Context(), files)
	s.Close()
	if err == nil || !strings.Contains(err.Error(), "404 Not Found") || s.Stats().Served != 0 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
}

func TestAContentThatIsNotTheFilesIsRefused(t *testing.T) {
	s := start(t, 1, 10, download.Always(0))
	for want, change := range map[string]func(*download.File){
		"the content has SHA-256 ":         func(f *download.File) { f.SHA256[0]++ },
		"another size than the 9 bytes":    func(f *download.File) { f.Size = 9 },
		"another size than the 1000 bytes": func(f *download.File) { f.Size = 1000 },
	} {
		file := s.Files()[0]
		change(&file)
		if _, err := download.Get(t.Context(), file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestAServerThatIsNotThereIsAnError(t *testing.T) {
	s := start(t, 1, 10, download.Always(0))
	s.Close()
	for _, file := range []download.File{s.Files()[0], {URL: "::"}} {
		if _, err := download.Get(t.Context(), file); err == nil || !strings.HasPrefix(err.Error(), "download: "+file.URL+": ") {
			t.Errorf("%v", err)
		}
	}
}

func TestClosingEndsDownloadsThatAreUnderWayAndIsHarmlessTwice(t *testing.T) {
	var asked sync.WaitGroup
	asked.Add(2)
	s := start(t, 2, 10, func(int) time.Duration { asked.Done(); return time.Hour })
	go func() { asked.Wait(); s.Close() }()
	if _, err := download.All(t.Context(), s.Files(), 2); err == nil {
		t.Error("no error")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := s.Stats().Canceled; got != 2 {
		t.Errorf("%d canceled", got)
	}
}

func TestFilesAreTheSameInEveryServer(t *testing.T) {
	a, b := start(t, 3, 50, download.Always(0)).Files(), start(t, 3, 50, download.Always(0)).Files()
	for i := range a {
		if a[i].SHA256 != b[i].SHA256 || a[i].SHA256 == a[(i+1)%3].SHA256 {
			t.Errorf("file %d: %x and %x", i, a[i].SHA256, b[i].SHA256)
		}
	}
}

func TestTimesBetweenAreFixedByTheSeed(t *testing.T) {
	a, b := download.Between(10, 99, 1), download.Between(10, 99, 1)
	seen := map[time.Duration]bool{}
	for file := range 200 {
		d := a(file)
		if d != b(file) || d < 10 || d > 99 {
			t.Errorf("file %d: %v and %v", file, d, b(file))
		}
		seen[d] = true
	}
	if len(seen) < 30 {
		t.Errorf("only %d different times", len(seen))
	}
}

func TestNoFilesNeedNoDownload(t *testing.T) {
	if got, err := download.All(t.Context(), nil, 3); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	for want, misuse := range map[string]func(){
		"download: All: atOnce must be at least 1, got 0":                                    func() { download.All(t.Context(), nil, 0) },
		"download: Timeout: the time must be positive, got 0s":                               func() { download.Timeout(0) },
		"download: Always: the time must not be negative, got -1s":                           func() { download.Always(-time.Second) },
		"download: Between: the longest time must not be below the shortest, got 2s and 1s":  func() { download.Between(2*time.Second, time.Second, 1) },
		"download: NewServer: there must be at least 1 file of at least 0 bytes, got 0 of 5": func() { download.NewServer(0, 5, download.Always(0)) },
		"download: NewServer: delay must not be nil; try Always(0)":                          func() { download.NewServer(1, 5, nil) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			misuse()
		}()
	}
}

// One operation is 20 files of 64 KiB, which the server sends after 20 ms;
// or at once, to see what a download itself costs.
func BenchmarkDownload(b *testing.B) {
	for _, delay := range []time.Duration{20 * time.Millisecond, 0} {
		s := start(b, 20, 1<<16, download.Always(delay))
		for _, atOnce := range []int{1, 4, 20} {
			b.Run(fmt.Sprintf("%v/%d at once", delay, atOnce), func(b *testing.B) {
				for b.Loop() {
					if _, err := download.All(b.Context(), s.Files(), atOnce); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*20), "µs/file")
			})
		}
	}
}
