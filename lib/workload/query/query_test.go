package query_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/workload/query"
)

func TestMain(m *testing.M) {
	given := os.Getenv(query.Variable)
	os.Unsetenv(query.Variable) // tests set it where they mean it
	postgres := &cluster{dsn: given}
	theCluster = postgres
	code := m.Run()
	if err := postgres.stop(); err != nil {
		fmt.Println("stopping PostgreSQL:", err)
		code = max(code, 1)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

func ExampleOpen() {
	ctx := context.Background()
	db, err := query.Open(ctx, 10_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	fmt.Println(db.Answer(ctx, query.Question{Make: 3, From: 2010, To: 2019}))
	// Output: {415 13154804} <nil>
}

// eachEngine runs a test with every database.
func eachEngine(t *testing.T, test func(t *testing.T)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Setenv("TMPDIR", t.TempDir())
		t.Setenv("TMP", os.Getenv("TMPDIR")) // Windows
		test(t)
		if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*query*")); len(left) > 0 {
			t.Errorf("left in the temporary folder: %v", left)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Setenv(query.Variable, theCluster.start(t))
		test(t)
		if left := schemas(t); len(left) > 0 && theCluster.own() {
			t.Errorf("left in the database: %v", left)
		}
	})
}

func open(t testing.TB, rows int, opts ...query.Option) *query.DB {
	t.Helper()
	db, err := query.Open(t.Context(), rows, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// schemas returns those that the package has made, but for db's own.
func schemas(t *testing.T) (names []string) {
	t.Helper()
	db := open(t, 0)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `
SELECT nspname FROM pg_namespace
WHERE nspname LIKE 'multiprocessing%' AND nspname <> current_schema()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// byHand makes the rows and answers in Go, without a database.
func byHand(rows int, q query.Question) (a query.Answer) {
	for id := 1; id <= rows; id++ {
		age := id * 69621 % 65539 % 20
		if carMake := id * 48271 % 65537 % 12; carMake == q.Make && q.From <= 2024-age && 2024-age <= q.To {
			a.Cars++
			a.Dollars += 22000 + 1700*(carMake*7%12) - 900*age + id*40692%65543%6000
		}
	}
	return a
}

func TestEveryDatabaseGivesTheAnswersThatAreRight(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		for _, rows := range []int{0, 1, 2000} {
			db := open(t, rows)
			questions := query.Questions(30)
			got := must[[]query.Answer](t)(db.Serial(t.Context(), questions))
			for i, q := range questions {
				if want := byHand(rows, q); got[i] != want {
					t.Errorf("%d rows: %+v: %+v, want %+v", rows, q, got[i], want)
				}
			}
			db.Close()
		}
	})
}

func TestQueriesAtOnceGiveTheSerialAnswers(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		for _, connections := range []int{1, 8} {
			db := open(t, 500, query.Connections(connections))
			questions := query.Questions(24)
			want := must[[]query.Answer](t)(db.Serial(t.Context(), questions))
			got := goroutine.Map(questions, func(q query.Question) query.Answer {
				a, err := db.Answer(t.Context(), q)
				if err != nil {
					t.Error(err)
				}
				return a
			})
			if !slices.Equal(got, want) {
				t.Errorf("%d connections: %v, want %v", connections, got, want)
			}
			db.Close()
		}
	})
}

func TestTwoDatabasesDoNotSeeEachOther(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		a, b := open(t, 10), open(t, 20)
		for db, want := range map[*query.DB]int{a: 10, b: 20} {
			var rows int
			if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM sales").Scan(&rows); err != nil || rows != want {
				t.Errorf("%d rows, %v, want %d", rows, err, want)
			}
		}
		a.Close()
		b.Close()
	})
}

func TestTheEngineNamesItself(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		db := open(t, 0)
		defer db.Close()
		want := t.Name()[strings.LastIndexByte(t.Name(), '/')+1:] + " "
		if got, err := db.Engine(t.Context()); err != nil || !strings.HasPrefix(got, want) || len(got) == len(want) {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// endless is a query that would run for hours in either database.
const endless = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 1000 + 1 FROM n) SELECT count(*) FROM n`

func TestADeadlineEndsAQueryThatIsRunning(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		db := open(t, 10)
		defer db.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var n int
		if err := db.QueryRowContext(ctx, endless).Scan(&n); err == nil {
			t.Error("it was answered")
		}
		if _, err := db.Answer(t.Context(), query.Questions(1)[0]); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestADoneContextIsAnErrorThatNamesTheQuestion(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		db := open(t, 10, query.Latency(time.Hour))
		defer db.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := db.Serial(ctx, []query.Question{{3, 2001, 2005}})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "query: asking for cars of make 3 from 2001 to 2005: ") {
			t.Errorf("%v", err)
		}
	})
}

func TestAFarDatabaseKeepsItsConnectionWhileItIsOnTheWay(t *testing.T) {
	db := open(t, 10, query.Latency(time.Hour), query.Connections(2))
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { db.Answer(ctx, query.Questions(1)[0]) })
	}
	for db.Stats().InUse < 2 || db.Stats().WaitCount < 3 {
		runtime.Gosched()
	}
	cancel()
	wg.Wait()
}

func TestOpeningThatFailsLeavesNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		for _, within := range []time.Duration{0, 10 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			db, err := query.Open(ctx, 50_000_000)
			if err == nil || !strings.HasPrefix(err.Error(), "query: ") {
				t.Errorf("%v", err)
				db.Close()
			}
			cancel()
		}
	})
}

func TestAServerThatIsNotThereIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for dsn, want := range map[string]string{
		"host=" + filepath.Join(t.TempDir(), "none"): "see that the server of MULTIPROCESSING_POSTGRES runs, or unset it",
		"postgres://a b": "query: opening the database: MULTIPROCESSING_POSTGRES: ",
	} {
		t.Setenv(query.Variable, dsn)
		if _, err := query.Open(t.Context(), 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func TestClosingTwiceIsHarmless(t *testing.T) {
	eachEngine(t, func(t *testing.T) {
		db := open(t, 1)
		for range 3 {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := db.Answer(t.Context(), query.Question{}); err == nil {
			t.Error("a closed database answers")
		}
	})
}

func TestTheDatabaseFileIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are not bits there")
	}
	t.Setenv("TMPDIR", t.TempDir())
	db := open(t, 1)
	folders, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*query*"))
	info, err := os.Stat(folders[0])
	if len(folders) != 1 || err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v: %v, %v", folders, info.Mode(), err)
	}
	db.Close()
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	for want, misuse := range map[string]func(){
		"query: Open: rows must not be negative, got -1":         func() { query.Open(t.Context(), -1) },
		"query: Connections: n must be at least 1, got 0":        func() { query.Connections(0) },
		"query: Latency: the time must not be negative, got -1s": func() { query.Latency(-time.Second) },
		"query: Questions: n must not be negative, got -2":       func() { query.Questions(-2) },
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

// One operation is 48 questions about 100,000 rows: one after the other, or
// 8 at once; as near as the database is, or as if 5 ms away.
func BenchmarkQuery(b *testing.B) {
	questions := query.Questions(48)
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		dsn := ""
		if engine == "PostgreSQL" {
			if dsn = theCluster.try(); dsn == "" {
				continue
			}
		}
		b.Setenv(query.Variable, dsn)
		for _, latency := range []time.Duration{0, 5 * time.Millisecond} {
			db := open(b, 100_000, query.Latency(latency), query.Connections(8))
			ask := func(q query.Question) query.Answer { return must[query.Answer](b)(db.Answer(b.Context(), q)) }
			for _, c := range []struct {
				name string
				run  func()
			}{
				{"serial", func() { must[[]query.Answer](b)(db.Serial(b.Context(), questions)) }},
				{"8 at once", func() { goroutine.Map(questions, ask) }},
			} {
				b.Run(fmt.Sprintf("%s/%v/%s", engine, latency, c.name), func(b *testing.B) {
					for b.Loop() {
						c.run()
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(questions)), "µs/query")
				})
			}
			db.Close()
		}
	}
}

// One operation is a database of 100,000 rows, made and removed.
func BenchmarkOpen(b *testing.B) {
	b.Setenv(query.Variable, "")
	for b.Loop() {
		open(b, 100_000).Close()
	}
}
