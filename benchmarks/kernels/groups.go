package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// group is one kind of cell, or of request.
type group struct {
	Name  string   `json:"name"`
	Kind  string   `json:"kind"` // the function of client.py that measures it
	unit  string   // "" is s
	goal  float64  // for the first kernel; 0 is none
	times float64  // how many times faster than stock it must be; 0 is none
	cells allCells // by language
	stock cells    // what differs in stock
}

// allCells are the cells of one group in each language; K in a cell is a number that no other cell has.
type allCells map[string]cells

// cells are what client.py needs to measure a group in one kernel.
type cells struct {
	Before   string   `json:"before,omitempty"` // executed once, before
	Code     string   `json:"code,omitempty"`
	Each     []string `json:"each,omitempty"`     // one for each round
	Complete string   `json:"complete,omitempty"` // what is to be completed, at its end
}

// Languages. The cells of stock and ours are the same.
const (
	golang = "go"
	python = "python"
	rust   = "rust"
)

var one = allCells{
	golang: {Code: "%%\nfmt.Println(1 + K)"},
	python: {Code: "print(1 + K)"},
	rust:   {Code: "println!(\"{}\", 1 + Ku64);"},
}

const pythonPrimes = `from math import sqrt

def isprime(n):
    for i in range(2, int(sqrt(n)) + 1):
        if n % i == 0:
            return False
    return True

def prime(nth):
    found, i = 0, 0
    while found < nth:
        i += 1
        if isprime(i):
            found += 1
    return i`

const rustPrimes = `fn isprime(n: u64) -> bool {
    let mut i = 2;
    while i * i <= n {
        if n % i == 0 { return false; }
        i += 1;
    }
    true
}
fn prime(nth: u64) -> u64 {
    let (mut found, mut i) = (0, 0);
    while found < nth {
        i += 1;
        if isprime(i) { found += 1; }
    }
    i
}`

// Stock has to ask for modules by their version where the module proxy has no list of versions.
const (
	gota    = "github.com/go-gota/gota@v0.12.0"
	gonb    = "github.com/janpfeifer/gonb@v0.11.5"
	getThem = "!*go get " + gota + " " + gonb
)

// Both show a table of the same frame: stock with GoNB's own package for that, ours with the course's, which links less.
const (
	tableImports = "import (\n\t\"github.com/go-gota/gota/dataframe\"\n\t\"github.com/go-gota/gota/series\"\n\n\t%q\n)\n\n%%%%\n"
	tableFrame   = "dataframe.New(series.New([]int{1, K}, series.Int, \"k\"), series.New([]float64{0.5, 1.5}, series.Float, \"x\"))"
)

var (
	tableOurs  = fmt.Sprintf(tableImports, "multiprocessing/lib/display") + "display.Table(" + tableFrame + ")"
	tableStock = fmt.Sprintf(tableImports, "github.com/janpfeifer/gonb/gonbui") +
		"gonbui.DisplayHTML(\"<pre>\" + " + tableFrame + ".String() + \"</pre>\")\ngonbui.Sync()"
)

var groups = []group{
	{Name: "prints 1+k", Kind: "cell", goal: 0.10, cells: one},
	{Name: "prints the deck's four primes", Kind: "cell", goal: 0.16, cells: allCells{
		golang: {
			Before: "import \"multiprocessing/lib/primes\"",
			Code:   "%%\nfor n := range 4 {\n\tfmt.Println(primes.NthCountingOne(20000+n), K)\n}",
		},
		python: {Before: pythonPrimes, Code: "for n in range(4):\n    print(prime(20000 + n), K)"},
		rust:   {Before: rustPrimes, Code: "for n in 0..4 { println!(\"{} {}\", prime(20000 + n), Ku64); }"},
	}},
	{Name: "shows a gota table", Kind: "cell", goal: 0.20, times: 4, stock: cells{Before: getThem, Code: tableStock}, cells: allCells{
		golang: {Code: tableOurs},
	}},
	{Name: "the same cell unchanged, until it runs", Kind: "unchanged", goal: 0.03, cells: allCells{
		golang: {Code: "%%\nfmt.Println(time.Now().UnixNano())"},
		python: {Code: "import time\nprint(time.time_ns())"},
		rust:   {Code: "println!(\"{}\", std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos());"},
	}},
	{Name: "first cell of a fresh kernel", Kind: "fresh", goal: 0.2, cells: one},
	{Name: "first cell with a new set of imports", Kind: "imports", goal: 0.4, stock: cells{Before: getThem}, cells: allCells{golang: {Each: importSets()}}},
	{Name: "a cell after a completion in the kernel's first 12 s", Kind: "early", goal: 0.2, cells: allCells{
		golang: {Code: one[golang].Code, Complete: "fmt.Printl"},
		python: {Code: one[python].Code, Complete: "impor"},
		rust:   {Code: one[rust].Code, Complete: "std::time::Dura"},
	}},
	{Name: "completion later", Kind: "late", goal: 0.3, cells: allCells{
		golang: {Complete: "fmt.Printl"},
		python: {Complete: "impor"},
		rust:   {Complete: "std::time::Dura"},
	}},
	{Name: "each further of ten open notebooks, in MB", Kind: "memory", unit: "MB", goal: 40, cells: allCells{
		golang: {Code: one[golang].Code, Complete: "%%\nfmt.Printl"},
		python: {Code: one[python].Code, Complete: "impor"},
	}},
}

// importSets returns cells of which each imports what none before it did.
func importSets() (sets []string) {
	library := map[string]string{
		"pool": "pool.New(1) != nil", "primes": "primes.IsPrime(7)", "timing": "timing.Case{}.Name", "scaling": "scaling.Amdahl != nil",
		"chart": "chart.Speedup != nil", "message": "message.NewQueue[int](1) != nil", "serial": "serial.Map([]int{1}, func(n int) int { return n })",
	}
	standard := map[string]string{
		"compress/gzip": "gzip.BestSpeed", "encoding/csv": "csv.ErrQuote", "container/heap": "heap.Init != nil", "net/url": "url.QueryEscape(\"a\")",
		"text/template": "template.New(\"a\").Name()", "go/token": "token.ADD", "math/big": "big.NewInt(1)",
	}
	for _, name := range slices.Sorted(maps.Keys(library)) {
		for _, path := range slices.Sorted(maps.Keys(standard)) {
			sets = append(sets, fmt.Sprintf("import (\n\t%q\n\t\"multiprocessing/lib/%s\"\n)\n\n%%%%\nfmt.Println(K, %s, %s)", path, name, standard[path], library[name]))
		}
	}
	return sets
}

// sample is one line that client.py prints.
type sample struct {
	Group, Kernel string
	Value         float64
}

// table prints what the kernels took, the first of which is ours, and whether the goals are reached.
func (g group) table(out io.Writer, kernels []kernel, samples []sample) {
	medians := map[string]float64{}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\n%s\n\tmedian\tfrom\tto\tratio\t\n", g.Name)
	for _, k := range kernels {
		var all []float64
		for _, s := range samples {
			if s.Group == g.Name && s.Kernel == k.Name {
				all = append(all, s.Value)
			}
		}
		if len(all) == 0 {
			continue
		}
		slices.Sort(all)
		n := len(all)
		medians[k.Name] = (all[(n-1)/2] + all[n/2]) / 2
		fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.2f\t\n", k.Name, medians[k.Name], all[n/4], all[n-1-n/4], medians[k.Name]/medians[ours])
	}
	w.Flush()
	says := map[bool]string{true: "reached", false: "NOT reached"}
	if g.goal > 0 {
		fmt.Fprintf(out, "  at most %.2f %s: %.3f, %s\n", g.goal, cmp.Or(g.unit, "s"), medians[ours], says[medians[ours] <= g.goal])
	}
	if g.times > 0 {
		ratio := medians[stock] / medians[ours]
		fmt.Fprintf(out, "  at least %.0f times faster than stock: %.1f, %s\n", g.times, ratio, says[ratio >= g.times])
	}
}
