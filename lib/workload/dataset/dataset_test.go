package dataset_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/workload/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func totals(c dataset.Chunk) dataset.Totals { return dataset.Must(c.Totals()) }

func ExampleChunk_Totals() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	file, err := dataset.FileIn(folder, 1, 100_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := pool.New(4)
	defer p.Close()
	parts := pool.Map(p, dataset.Must(dataset.Split(file, 16)), func(c dataset.Chunk) dataset.Totals {
		return dataset.Must(c.Totals())
	})
	means := dataset.Merge(parts).Means()
	fmt.Println(len(means), means["BMW"] != means["Toyota"])
	// Output: 12 true
}

func ExampleWrite() {
	dataset.Write(os.Stdout, 1, 3)
	// Output:
	// id,make,year,miles,price
	// 1,Mazda,2023,16584,39279
	// 2,Nissan,2013,97727,13433
	// 3,Honda,2022,21988,35070
}

// file makes a data set that is removed after the test.
func file(t testing.TB, rows int) string {
	t.Helper()
	path, err := dataset.FileIn(t.TempDir(), 7, rows)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// byHand groups with encoding/csv and nothing of this package.
func byHand(t *testing.T, path string) dataset.Totals {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := dataset.Totals{}
	for _, record := range records[1:] {
		price, err := strconv.Atoi(record[4])
		if err != nil {
			t.Fatal(err)
		}
		want[record[1]] = dataset.Total{Rows: want[record[1]].Rows + 1, Price: want[record[1]].Price + price}
	}
	return want
}

func TestEveryNumberOfChunksAndWorkersGivesTheSerialAnswer(t *testing.T) {
	path := file(t, 5000)
	want, err := dataset.Serial(path)
	if err != nil || !reflect.DeepEqual(want, byHand(t, path)) {
		t.Fatalf("Serial gives %v, %v; encoding/csv %v", want, err, byHand(t, path))
	}
	for _, workers := range []int{1, 3, 64} {
		p := pool.New(workers)
		for _, chunks := range []int{1, 2, 3, 7, 64, 4999, 100_000} {
			got := dataset.Merge(pool.Map(p, dataset.Must(dataset.Split(path, chunks)), totals))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d workers, %d chunks: %v, want %v", workers, chunks, got, want)
			}
		}
		p.Close()
	}
}

func TestChunksHoldEveryRowOnceAndInOrder(t *testing.T) {
	for _, rows := range []int{0, 1, 2, 100} {
		path := file(t, rows)
		for chunks := 1; chunks < 120; chunks += 7 {
			next := 1
			parts := dataset.Must(dataset.Split(path, chunks))
			for _, c := range parts {
				for row, err := range c.Rows() {
					if err != nil || row.ID != next {
						t.Fatalf("%d rows, %d chunks: got row %d, %v, want row %d", rows, chunks, row.ID, err, next)
					}
					next++
				}
			}
			if next != rows+1 || len(parts) > chunks {
				t.Errorf("%d rows, %d chunks: %d rows in %d chunks", rows, chunks, next-1, len(parts))
			}
		}
	}
}

func TestChunksHaveAboutTheSameSize(t *testing.T) {
	for _, c := range dataset.Must(dataset.Split(file(t, 10_000), 10)) {
		if size := c.To - c.From; size < 20_000 || size > 35_000 {
			t.Errorf("a tenth of the rows has %d bytes", size)
		}
	}
}

func FuzzSplittingAnyFileKeepsItsLines(f *testing.F) {
	f.Add("head\na\nbb\nccc\n", uint8(3))
	f.Add("head\nno end", uint8(2))
	f.Add("", uint8(1))
	f.Add("head\n\n\n\n", uint8(9))
	f.Add("head\n"+strings.Repeat("x", 600)+"\ny", uint8(5))
	f.Fuzz(func(t *testing.T, content string, chunks uint8) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range dataset.Must(dataset.Split(path, 1+int(chunks))) {
			part := content[c.From:c.To]
			if part == "" || c.To < int64(len(content)) && !strings.HasSuffix(part, "\n") {
				t.Errorf("%q has a chunk %q", content, part)
			}
			got += part
		}
		if _, want, _ := strings.Cut(content, "\n"); got != want {
			t.Errorf("the chunks of %q hold %q", content, got)
		}
	})
}

func TestTheSameSeedGivesTheSameBytesAndAnotherSeedOthers(t *testing.T) {
	data := func(seed uint64, rows int) string {
		var b strings.Builder
		if err := dataset.Write(&b, seed, rows); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first, again := data(1, 100), data(1, 100)
	if first != again || first == data(2, 100) {
		t.Error("the seed does not decide")
	}
	if !strings.HasPrefix(data(1, 200), data(1, 100)) {
		t.Error("more rows change the first ones")
	}
}

func TestADataSetIsMadeOnceAndFoundAgain(t *testing.T) {
	path := file(t, 100)
	before, _ := os.Stat(path)
	again, err := dataset.FileIn(filepath.Dir(path), 7, 100)
	after, _ := os.Stat(path)
	if err != nil || again != path || !os.SameFile(before, after) {
		t.Errorf("made again: %v, %v", again, err)
	}
}

func TestAFileThatWasCutShortIsMadeAgain(t *testing.T) {
	for _, rows := range []int{0, 1, 100} {
		path := file(t, rows)
		whole, _ := os.ReadFile(path)
		for _, keep := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			if err := os.Truncate(path, int64(keep)); err != nil {
				t.Fatal(err)
			}
			if _, err := dataset.FileIn(filepath.Dir(path), 7, rows); err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, whole) {
				t.Errorf("%d rows, cut to %d bytes: not repaired", rows, keep)
			}
		}
	}
}

func TestManyMayAskForTheSameFileAtOnceAndNothingElseIsLeft(t *testing.T) {
	folder := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			path, err := dataset.FileIn(folder, 1, 2000)
			if err != nil {
				t.Error(err)
				return
			}
			sum := 0
			for _, total := range dataset.Must(dataset.Serial(path)) {
				sum += total.Rows
			}
			if sum != 2000 {
				t.Errorf("%d rows", sum)
			}
		})
	}
	wg.Wait()
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestTheFileIsInTheUsersCache(t *testing.T) {
	cache := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	path, err := dataset.File(1, 10)
	if err != nil || !strings.HasPrefix(path, cache) {
		t.Errorf("%s, %v", path, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: it must be private", info.Mode(), err)
	}
}

func TestALineThatIsNoRowIsAnErrorThatSaysWhere(t *testing.T) {
	for line, want := range map[string]string{
		"1,Ford,2000,5":     `has 4 fields, not 5`,
		"1,Ford,2000,5,6,7": `has more than 5 fields`,
		"1,Ford,2000,x,6":   `parsing "x": invalid syntax`,
		"":                  `has 1 fields, not 5`,
	} {
		path := filepath.Join(t.TempDir(), "bad.csv")
		os.WriteFile(path, []byte("id,make,year,miles,price\n1,Kia,2000,1,1\n"+line+"\n"), 0o600)
		_, err := dataset.Serial(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bad.csv, byte 40: ") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestAMissingFileIsAnErrorThatSaysWhatToDo(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.csv")
	_, splitting := dataset.Split(missing, 1)
	_, reading := dataset.Chunk{Path: missing, To: 10}.Totals()
	_, serial := dataset.Serial(missing)
	for _, err := range []error{splitting, reading, serial} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "dataset: ") || !strings.Contains(err.Error(), "with File") {
			t.Errorf("%v", err)
		}
	}
	occupied := filepath.Join(t.TempDir(), "file")
	os.WriteFile(occupied, nil, 0o600)
	if _, err := dataset.FileIn(occupied, 1, 1); err == nil || !strings.Contains(err.Error(), "make the folder writable") {
		t.Errorf("%v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestAnErrorInWritingIsReturned(t *testing.T) {
	if err := dataset.Write(broken{}, 1, 1); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}

func TestLeavingTheLoopOverRowsEarlyIsFine(t *testing.T) {
	chunk := dataset.Must(dataset.Split(file(t, 100), 1))[0]
	for row, err := range chunk.Rows() {
		if row.ID == 3 || err != nil {
			break
		}
	}
}

func TestMergeOfNothingIsNothing(t *testing.T) {
	if got := dataset.Merge(nil); len(got) != 0 || len(got.Means()) != 0 {
		t.Errorf("%v", got)
	}
}

func TestTheMakesAreSorted(t *testing.T) {
	if !slices.IsSorted(dataset.Makes) {
		t.Error(dataset.Makes)
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	for want, misuse := range map[string]func(){
		"dataset: Write: rows must not be negative, got -1":  func() { dataset.Write(io.Discard, 1, -1) },
		"dataset: FileIn: rows must not be negative, got -1": func() { dataset.FileIn("", 1, -1) },
		"dataset: Split: chunks must be at least 1, got 0":   func() { dataset.Split("", 0) },
		"boom": func() { dataset.Must(0, errors.New("boom")) },
	} {
		func() {
			defer func() {
				if got := recover(); fmt.Sprint(got) != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			misuse()
		}()
	}
}

// One operation is a file of 1,000,000 rows.
func BenchmarkMeans(b *testing.B) {
	const rows = 1_000_000
	path := file(b, rows)
	info, _ := os.Stat(path)
	p := pool.New(runtime.GOMAXPROCS(0))
	defer p.Close()
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"make", func() { dataset.Write(io.Discard, 7, rows) }},
		{"serial", func() { dataset.Must(dataset.Serial(path)) }},
		{"pool", func() { dataset.Merge(pool.Map(p, dataset.Must(dataset.Split(path, 64)), totals)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(info.Size())
			for b.Loop() {
				c.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

// One operation reads the rows of a file of 100,000, here with this package
// and there with encoding/csv, which does not even turn them into numbers.
func BenchmarkParse(b *testing.B) {
	path := file(b, 100_000)
	b.Run("Rows", func(b *testing.B) {
		for b.Loop() {
			for _, err := range dataset.Must(dataset.Split(path, 1))[0].Rows() {
				dataset.Must(0, err)
			}
		}
	})
	b.Run("encoding csv", func(b *testing.B) {
		for b.Loop() {
			f := dataset.Must(os.Open(path))
			r := csv.NewReader(f)
			r.ReuseRecord = true
			for err := error(nil); err == nil; {
				_, err = r.Read()
			}
			f.Close()
		}
	})
}
