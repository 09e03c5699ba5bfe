// Package crossval chooses the penalty of a ridge regression by k-fold
// cross-validation: slide 3's "some ML problems".
//
// Class: embarrassingly parallel. For every penalty and every fold a model
// is fitted to the rows outside the fold and tested on those inside; no fit
// needs another. All fits read the same data, which workers of one process
// share; a fold's number and a penalty go to a worker, one number comes
// back. Worker processes need the data as well: they make them from the
// seed, in a package-level var, rather than be sent them.
//
//	data := crossval.Generate(1, 2000, 40)
//	fits := crossval.Grid(5, crossval.Penalties(0.01, 1000, 16))
//	errors := pool.Map(p, fits, data.Test)
//	fmt.Println(crossval.Best(fits, errors))
//
// Each fit does all its work anew, as fits of most models must. For ridge
// regression that is a waste: most of the time goes into XᵀX, which does not
// depend on the penalty and could be computed once for each fold. That saves
// more than a few cores do; slide 11 has a word on it.
//
// A fit to 1600 rows of 40 features, and its test on 400, takes 0.8 ms on
// one core; BenchmarkCrossval measures 80 of them beside a pool.
package crossval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Data are rows of features, and what shall be predicted from them. Fits
// only read them, so many may at once.
type Data struct {
	Features *mat.Dense // a row for each observation
	Targets  []float64  // one for each row of Features
}

// Generate makes data whose targets are a weighted sum of the features, and
// noise. Neighboring features are much alike, which is where a penalty
// helps. The same seed gives the same data. It panics if rows or features is
// below 1.
func Generate(seed uint64, rows, features int) *Data {
	if rows < 1 || features < 1 {
		panic(fmt.Sprintf("crossval: Generate: rows and features must be at least 1, got %d and %d", rows, features))
	}
	r := rand.New(rand.NewPCG(seed, 0))
	weights := make([]float64, features)
	for j := range weights {
		weights[j] = r.NormFloat64()
	}
	d := &Data{Features: mat.NewDense(rows, features, nil), Targets: make([]float64, rows)}
	for i := range rows {
		row, before := d.Features.RawRowView(i), r.NormFloat64()
		for j := range row {
			before = float64(0.95*before) + float64(0.3*r.NormFloat64())
			row[j] = before
			d.Targets[i] += float64(weights[j] * row[j])
		}
		d.Targets[i] += float64(8 * r.NormFloat64())
	}
	return d
}

// Fit is one model to fit and test, the task of one worker: rows whose
// number leaves the remainder Fold when divided by Folds are for the test.
type Fit struct {
	Fold, Folds int
	Penalty     float64
}

// Grid returns a fit for every penalty and fold: those of the first penalty
// first. It panics if folds is below 2 or a penalty is not positive and
// finite.
func Grid(folds int, penalties []float64) []Fit {
	if folds < 2 {
		panic(fmt.Sprintf("crossval: Grid: folds must be at least 2, got %d", folds))
	}
	var fits []Fit
	for _, penalty := range penalties {
		mustBePositive("Grid: the penalty", penalty)
		for fold := range folds {
			fits = append(fits, Fit{fold, folds, penalty})
		}
	}
	return fits
}

// Penalties returns n penalties from low to high, each the same factor above
// the one before. It panics if n is below 2 or low or high is not positive
// and finite.
func Penalties(low, high float64, n int) []float64 {
	if n < 2 {
		panic(fmt.Sprintf("crossval: Penalties: n must be at least 2, got %d", n))
	}
	mustBePositive("Penalties: low", low)
	mustBePositive("Penalties: high", high)
	penalties := make([]float64, n)
	for i := range penalties {
		penalties[i] = low * math.Pow(high/low, float64(i)/float64(n-1))
	}
	return penalties
}

func mustBePositive(what string, v float64) {
	if !(v > 0) || math.IsInf(v, 0) {
		panic(fmt.Sprintf("crossval: %s must be positive and finite, got %v", what, v))
	}
}

// Score is how well a penalty did: the mean over its folds of the mean
// squared error on rows that the model had not seen.
type Score struct {
	Penalty float64
	Error   float64
}

// Scores returns a score for every penalty from the errors of the fits, both
// in the order of Grid. It panics if they differ in number.
func Scores(fits []Fit, errors []float64) []Score {
	if len(fits) != len(errors) {
		panic(fmt.Sprintf("crossval: Scores: there must be one error for each fit, got %d for %d", len(errors), len(fits)))
	}
	var scores []Score
	for i, fit := range fits {
		if fit.Fold == 0 {
			scores = append(scores, Score{Penalty: fit.Penalty})
		}
		if len(scores) == 0 {
			panic(fmt.Sprintf("crossval: Scores: the fits must be in the order of Grid, got fold %d first", fit.Fold))
		}
		scores[len(scores)-1].Error += errors[i] / float64(fit.Folds)
	}
	return scores
}

// Best returns the score with the smallest error. It panics as Scores does,
// and if there is none.
func Best(fits []Fit, errors []float64) Score {
	scores := Scores(fits, errors)
	if len(scores) == 0 {
		panic("crossval: Best: there must be at least one fit")
	}
	return slices.MinFunc(scores, func(a, b Score) int {
		if a.Error < b.Error {
			return -1
		}
		return 1
	})
}
