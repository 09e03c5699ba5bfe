package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

var nan = math.NaN()

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*math.Abs(b) }

// Hennessy and Patterson, "Computer Architecture: A Quantitative Approach",
// on Amdahl's law: a speedup of 80 by 100 processors leaves 0.25% serial.
func TestAmdahlAsInHennessyAndPatterson(t *testing.T) {
	if got := KarpFlatt(80, 100); !near(got, 0.0025, 0.02) {
		t.Errorf("serial %v", got)
	}
	if got := Amdahl(0.0025, 100); !near(got, 80, 0.005) {
		t.Errorf("speedup %v", got)
	}
}

// The two figures of Gustafson's "Reevaluating Amdahl's Law": 1,024
// processors, with a problem of one size and with one that grows.
func TestBothLawsAsInGustafsonsPaper(t *testing.T) {
	for _, c := range []struct{ serial, fixed, scaled float64 }{
		{0, 1024, 1024}, {0.01, 91, 1014}, {0.02, 48, 1004}, {0.04, 24, 983},
	} {
		if got := math.Round(Amdahl(c.serial, 1024)); got != c.fixed {
			t.Errorf("Amdahl, %v serial: %v, want %v", c.serial, got, c.fixed)
		}
		if got := math.Round(Gustafson(c.serial, 1024)); got != c.scaled {
			t.Errorf("Gustafson, %v serial: %v, want %v", c.serial, got, c.scaled)
		}
	}
}

// The two examples of Quinn's "Parallel Programming in C with MPI and
// OpenMP" (2003): the same speedup of 4.7 with 8 processors, one held back by
// serial work, the other by overhead that grows.
func TestKarpFlattAsInQuinnsBook(t *testing.T) {
	for _, c := range []struct{ speedups, serial []float64 }{
		{[]float64{1.82, 2.50, 3.08, 3.57, 4.00, 4.38, 4.71}, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}},
		{[]float64{1.87, 2.61, 3.23, 3.73, 4.14, 4.46, 4.71}, []float64{0.070, 0.075, 0.080, 0.085, 0.090, 0.095, 0.100}},
	} {
		for i, s := range c.speedups {
			if got := KarpFlatt(s, float64(i+2)); math.Abs(got-c.serial[i]) > 0.0012 {
				t.Errorf("%v by %d: %.4f, want %v", s, i+2, got, c.serial[i])
			}
		}
	}
}

// sdm91 is SPEC's SDM 91 benchmark on a SPARCcenter 2000, in scripts an hour
// by simulated users, from Gunther's book and the R package usl.
func sdm91() []Point {
	var points []Point
	for users, throughput := range map[float64]float64{1: 64.9, 18: 995.9, 36: 1652.4, 72: 1853.2, 108: 1828.9, 144: 1775.0, 216: 1702.2} {
		points = append(points, Point{users, throughput / 64.9, nan, nan, false, ""})
	}
	return points
}

// The R package usl 1.8 prints sigma 1.705e-02 and kappa 7.892e-05 for this
// data. It makes the errors of workers/speedup least, in which the law is a
// polynomial.
func TestTheUniversalScalabilityLawAsInThePackageUSL(t *testing.T) {
	polynomial := form{"polynomial", universal.names, func(t []float64, n float64) (float64, []float64) {
		return 1 + t[0]*(n-1) + t[1]*n*(n-1), []float64{n - 1, n * (n - 1)}
	}}
	var inverse []Point
	for _, p := range sdm91() {
		inverse = append(inverse, Point{p.Workers, p.Workers / p.Speedup, nan, nan, false, ""})
	}
	f, err := fit(polynomial, inverse, func(Point) float64 { return 1 })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.705e-2, 7.892e-5} {
		if p := f.Parameters[i]; !near(p.Value, want, 0.0005) {
			t.Errorf("%s %v, want %v", p.Name, p.Value, want)
		}
	}
	// Relative errors of the speedup itself give other figures, within whose
	// intervals these lie, and the same peak: about 100 users.
	f, err = FitUSL(sdm91())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.705e-2, 7.892e-5} {
		if p := f.Parameters[i]; want < p.Low || want > p.High {
			t.Errorf("%v does not hold %v", p, want)
		}
	}
	if peak := Peak(f.Parameters[0].Value, f.Parameters[1].Value); peak < 85 || peak > 115 {
		t.Errorf("the peak is at %v users", peak)
	}
}

// points are those of a law, with noise.
func points(law func(n float64) float64, noise float64, workers ...float64) []Point {
	r := rand.New(rand.NewPCG(1, 2))
	var all []Point
	for _, n := range workers {
		s := law(n) * (1 + noise*r.NormFloat64())
		all = append(all, Point{n, s, s * 0.98, s * 1.02, false, ""})
	}
	return all
}

func TestAFitFindsWhatThePointsWereMadeWith(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 6, 8, 12, 16, 24, 32}
	for _, c := range []struct {
		fit  func([]Point) (*Fit, error)
		law  func(n float64) float64
		want []float64
	}{
		{FitAmdahl, func(n float64) float64 { return Amdahl(0.05, n) }, []float64{0.05}},
		{FitAmdahl, func(n float64) float64 { return Amdahl(0, n) }, []float64{0}},
		{FitAmdahl, func(n float64) float64 { return Amdahl(1, n) }, []float64{1}},
		{FitGustafson, func(n float64) float64 { return Gustafson(0.1, n) }, []float64{0.1}},
		{FitUSL, func(n float64) float64 { return USL(0.03, 0.001, n) }, []float64{0.03, 0.001}},
		{FitUSL, func(n float64) float64 { return USL(0.03, 0, n) }, []float64{0.03, 0}},
		{FitUSL, func(n float64) float64 { return USL(0, 0.001, n) }, []float64{0, 0.001}},
	} {
		for _, noise := range []float64{0, 0.02} {
			f, err := c.fit(points(c.law, noise, ten...))
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range f.Parameters {
				if noise == 0 && math.Abs(p.Value-c.want[i]) > 1e-7 {
					t.Errorf("%v, want %v", f, c.want)
				}
				if !(p.Low <= c.want[i]+1e-7 && c.want[i]-1e-7 <= p.High) {
					t.Errorf("noise %v: %v does not hold %v", noise, f, c.want)
				}
			}
			if noise == 0 && !near(f.Speedup(64), c.law(64), 1e-5) {
				t.Errorf("%s says %v for 64, want %v", f.Law, f.Speedup(64), c.law(64))
			}
		}
	}
}

func TestTooFewPointsAreSaid(t *testing.T) {
	law := func(n float64) float64 { return Amdahl(0.05, n) }
	for want, c := range map[string]struct {
		fit func([]Point) (*Fit, error)
		n   []float64
	}{
		"scaling: fitting Amdahl to 1 number of workers above 1: too few, measure 2 or more":     {FitAmdahl, []float64{1, 2, 2}},
		"scaling: fitting Gustafson to 0 numbers of workers above 1: too few, measure 2 or more": {FitGustafson, nil},
		"scaling: fitting USL to 2 numbers of workers above 1: too few, measure 3 or more":       {FitUSL, []float64{1, 2, 4}},
	} {
		if _, err := c.fit(points(law, 0, c.n...)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestDoubts(t *testing.T) {
	superlinear := points(func(n float64) float64 { return 1.2 * n }, 0, 2, 4, 8)
	odd := []Point{{2, 1.9, nan, nan, false, ""}, {4, 1, nan, nan, false, ""}, {8, 7, nan, nan, false, ""}}
	slower := points(func(n float64) float64 { return 1 / n }, 0, 2, 4, 8)
	for want, c := range map[string]struct {
		fit    func([]Point) (*Fit, error)
		points []Point
	}{
		"3 of 3 points have a speedup of more than their workers": {FitAmdahl, superlinear},
		"poor fit":                            {FitAmdahl, odd},
		"the serial fraction is wide open":    {FitAmdahl, odd},
		"serial was held at 1":                {FitAmdahl, slower},
		"3 points are few for two parameters": {FitUSL, points(func(n float64) float64 { return n }, 0, 2, 4, 8)},
	} {
		f, err := c.fit(c.points)
		if err != nil || !strings.Contains(f.String(), want) {
			t.Errorf("got %v, %v, want %q", f, err, want)
		}
	}
	good, err := FitAmdahl(points(func(n float64) float64 { return Amdahl(0.05, n) }, 0, 2, 4, 8))
	if err != nil || len(good.Doubts) > 0 {
		t.Errorf("got %v, %v", good, err)
	}
}

func TestTheSerialFractionsInterval(t *testing.T) {
	df := SerialFractions([]Point{{1, 1, 1, 1, false, ""}, {2, 1.8, 1.7, 1.9, false, ""}, {4, 3, nan, nan, false, ""}, {2, nan, nan, nan, false, ""}, {2, 0.9, nan, nan, false, "0.9 of 2 cores were free"}})
	want := "[[workers speedup serial serial low serial high] [2.000000 1.800000 0.111111 0.052632 0.176471] [4.000000 3.000000 0.111111 NaN NaN]]"
	if got := fmt.Sprint(df.Records()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestPointsComeFromTimingsColumns(t *testing.T) {
	df := dataframe.New(
		series.New([]int{1, 2, 4, 8, 8}, series.Int, "workers"),
		series.New([]float64{1, 1.9, nan, 3, 7}, series.Float, "speedup"),
		series.New([]float64{1, 1.8, nan, 2, 7}, series.Float, "speedup low"),
		series.New([]float64{1, 2.1, nan, 4, 7}, series.Float, "speedup high"),
		series.New([]string{"base", "faster", "failed: no", "faster; more workers than cores", "wrong answer, not that of a"}, series.String, "verdict"),
	)
	if got := fmt.Sprint(Points(df)); got != "[{1 1 1 1 false } {2 1.9 1.8 2.1 false } {8 3 2 4 true }]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(Points(df.Subset([]int{1}).Select([]string{"workers", "speedup"}))); got != "[{2 1.9 NaN NaN false }]" {
		t.Errorf("got %s", got)
	}
}

func TestWithMoreWorkersThanCoresAPointDoesNotCount(t *testing.T) {
	crowded := []Point{{2, 1.9, nan, nan, false, ""}, {4, 3.4, nan, nan, false, ""}, {8, 2, nan, nan, true, ""}}
	f, err := FitAmdahl(crowded)
	if err != nil || f.Points != 2 || !strings.HasSuffix(f.String(), "1 point with more workers than cores left out") {
		t.Errorf("got %v, %v", f, err)
	}
	if _, err := FitAmdahl(crowded[1:]); err == nil {
		t.Error("one point was fitted")
	}
}

func TestOnePointGivesItsSerialFraction(t *testing.T) {
	f, err := AmdahlThrough([]Point{{1, 1, 1, 1, false, ""}, {2, 1.8, 1.7, 2.1, false, ""}, {4, 1.8, nan, nan, true, ""}})
	want := "Amdahl: serial 0.111 [0 to 0.176]; one point only: nothing says whether the law holds; 1 point with more workers than cores left out"
	if err != nil || f.String() != want || !near(f.Speedup(2), 1.8, 1e-9) {
		t.Errorf("got %v, %v", f, err)
	}
	for _, n := range []float64{0, 2} {
		var some []Point
		for i := range int(n) {
			some = append(some, Point{2 + float64(i), 1.5, nan, nan, false, ""})
		}
		if _, err := AmdahlThrough(some); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("there are %v points", n)) {
			t.Errorf("got %v", err)
		}
	}
}

func TestTheFitAsAFrame(t *testing.T) {
	f, err := FitUSL(points(func(n float64) float64 { return USL(0.03, 0.001, n) }, 0, 2, 4, 8, 16, 32, 64))
	if err != nil {
		t.Fatal(err)
	}
	df := f.DataFrame()
	if df.Err != nil || df.Nrow() != 2 || df.Elem(0, 1).String() != "contention" || !near(df.Elem(1, 2).Float(), 0.001, 1e-6) {
		t.Errorf("got %v", df)
	}
}

func TestMisusePanicsWithThePackagesName(t *testing.T) {
	for want, f := range map[string]func(){
		"scaling: Amdahl: the serial fraction must be between 0 and 1, got 1.5":           func() { Amdahl(1.5, 2) },
		"scaling: Gustafson: workers must be at least 1, got 0":                           func() { Gustafson(0.5, 0) },
		"scaling: USL: the coherency must not be negative, got -1":                        func() { USL(0, -1, 2) },
		"scaling: KarpFlatt: needs a speedup above 0 and more than 1 worker, got 1 and 1": func() { KarpFlatt(1, 1) },
		"scaling: Speedup: workers must be at least 1, got NaN":                           func() { (&Fit{}).Speedup(nan) },
		`scaling: Points: the data frame has no column "speedup", only ["workers"]`: func() {
			Points(dataframe.New(series.New([]int{1}, series.Int, "workers")))
		},
		`scaling: Points: the data frame has two columns "speedup low"; give each its own name`: func() {
			df := dataframe.New(series.New([]int{1}, series.Int, "workers"), series.New([]int{1}, series.Int, "speedup"),
				series.New([]int{1}, series.Int, "speedup low"), series.New([]int{2}, series.Int, "speedup high"))
			Points(df.Rename("speedup low", "speedup high"))
		},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestNothingIsFittedToFiguresOfABusyMachine(t *testing.T) {
	df := dataframe.New(
		series.New([]int{1, 2, 4}, series.Int, "workers"),
		series.New([]float64{1, 1.1, 1.2}, series.Float, "speedup"),
		series.New([]string{"base", "no difference seen: within 15%; 0.9 of 4 cores were free", "1.20 times as fast (1.10 to 1.30); 0.9 of 4 cores were free"}, series.String, "verdict"),
	)
	for _, fit := range []func([]Point) (*Fit, error){FitAmdahl, FitGustafson, FitUSL, AmdahlThrough} {
		if f, err := fit(Points(df)); err == nil || !strings.HasSuffix(err.Error(), ": 0.9 of 4 cores were free: not a result") {
			t.Errorf("got %v, %v", f, err)
		}
	}
}

// Points that are exactly a law's give back its parameters, whatever they
// are.
func FuzzRoundTrip(f *testing.F) {
	f.Add(0.05, 0.001, 8.0)
	f.Add(0.0, 0.0, 2.0)
	f.Add(1.0, 0.5, 1000.0)
	f.Fuzz(func(t *testing.T, serial, coherency, most float64) {
		if !(serial >= 0 && serial <= 1 && coherency >= 0 && coherency <= 1 && most >= 2 && most <= 1e4) {
			t.Skip()
		}
		workers := []float64{1, 1 + (most-1)/4, 1 + (most-1)/2, 1 + 3*(most-1)/4, most}
		law := func(n float64) float64 { return USL(serial, coherency, n) }
		fit, err := FitUSL(points(law, 0, workers...))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range workers {
			if !near(fit.Speedup(n), law(n), 1e-3) {
				t.Errorf("%v: with %v workers %v, want %v", fit, n, fit.Speedup(n), law(n))
			}
		}
		amdahl, err := FitAmdahl(points(func(n float64) float64 { return Amdahl(serial, n) }, 0, workers...))
		if err != nil || math.Abs(amdahl.Parameters[0].Value-serial) > 1e-5 {
			t.Errorf("%v, %v: want %v", amdahl, err, serial)
		}
		if s := Amdahl(serial, most); math.Abs(KarpFlatt(s, most)-serial) > 1e-9 {
			t.Errorf("Karp and Flatt: %v, want %v", KarpFlatt(s, most), serial)
		}
	})
}

// Whatever was measured, a fit ends and has parameters with a meaning.
func FuzzFit(f *testing.F) {
	f.Add(1.9, 3.0, 5.0, 7.0)
	f.Add(1e-300, 1e300, 0.0, math.Inf(1))
	f.Fuzz(func(t *testing.T, a, b, c, d float64) {
		points := []Point{{2, a, a, b, false, ""}, {4, b, c, nan, false, ""}, {8, c, -1, math.Inf(1), false, ""}, {16, d, d, d, false, ""}}
		for _, fit := range []func([]Point) (*Fit, error){FitAmdahl, FitGustafson, FitUSL} {
			got, err := fit(points)
			if err != nil {
				continue
			}
			for _, p := range got.Parameters {
				if !(p.Value >= 0) || p.Low > p.Value || p.High < p.Value {
					t.Errorf("%v", got)
				}
			}
		}
	})
}

func TestScalingDoesNotLinkThePictures(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if strings.Contains(dep, "gonum.org/v1/plot") || strings.Contains(dep, "gonum/optimize") || strings.HasSuffix(dep, "lib/display") {
			t.Errorf("it links %s", dep)
		}
	}
}

func BenchmarkFitUSL(b *testing.B) {
	all := points(func(n float64) float64 { return USL(0.03, 0.001, n) }, 0.02, 2, 3, 4, 6, 8, 12, 16, 32)
	for b.Loop() {
		if _, err := FitUSL(all); err != nil {
			b.Fatal(err)
		}
	}
}
