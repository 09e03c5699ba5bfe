package crossval

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Serial fits and tests one model after the other, in the caller's own
// goroutine, and returns their errors. It panics as Test does.
func (d *Data) Serial(fits []Fit) []float64 {
	errors := make([]float64, len(fits))
	for i, fit := range fits {
		errors[i] = d.Test(fit)
	}
	return errors
}

// Test fits the model to all rows but the fold's, and returns the mean
// squared error on the fold's. It panics if the data have fewer rows than
// folds, or the fit is not one of Grid.
func (d *Data) Test(fit Fit) float64 {
	rows, _ := d.Features.Dims()
	if fit.Folds < 2 || fit.Fold < 0 || fit.Fold >= fit.Folds {
		panic(fmt.Sprintf("crossval: Data.Test: there is no fold %d of %d; make fits with Grid", fit.Fold, fit.Folds))
	}
	if rows < fit.Folds || len(d.Targets) != rows {
		panic(fmt.Sprintf("crossval: Data.Test: the data must have at least %d rows, as many as folds, and a target for each, got %d and %d",
			fit.Folds, rows, len(d.Targets)))
	}
	mustBePositive("Data.Test: the penalty", fit.Penalty)
	inside, outside := d.divide(fit)
	return inside.meanSquaredError(outside.ridge(fit.Penalty))
}

// divide copies the rows of the fold, and the others.
func (d *Data) divide(fit Fit) (inside, outside *Data) {
	rows, features := d.Features.Dims()
	count := (rows - fit.Fold + fit.Folds - 1) / fit.Folds
	inside = &Data{Features: mat.NewDense(count, features, nil)}
	outside = &Data{Features: mat.NewDense(rows-count, features, nil)}
	for i := range rows {
		to := outside
		if i%fit.Folds == fit.Fold {
			to = inside
		}
		to.Features.SetRow(len(to.Targets), d.Features.RawRowView(i))
		to.Targets = append(to.Targets, d.Targets[i])
	}
	return inside, outside
}

// ridge returns the weights w that solve (XᵀX + penalty) w = Xᵀy.
//
// SymOuterK and MulVec run in this goroutine. Dense.Mul would start
// goroutines of its own for large matrices: then the serial form would not
// be serial, and workers would take the cores from each other.
func (d *Data) ridge(penalty float64) *mat.VecDense {
	_, features := d.Features.Dims()
	var system mat.SymDense
	system.SymOuterK(1, d.Features.T())
	for j := range features {
		system.SetSym(j, j, system.At(j, j)+penalty)
	}
	var right, weights mat.VecDense
	right.MulVec(d.Features.T(), mat.NewVecDense(len(d.Targets), d.Targets))
	var factors mat.Cholesky
	if !factors.Factorize(&system) {
		panic(fmt.Sprintf("crossval: the fit with penalty %v has no solution; features must be finite, the penalty not tiny beside them", penalty))
	}
	_ = factors.SolveVecTo(&weights, &right) // it warns of rounding only: the error on the fold will tell
	return &weights
}

func (d *Data) meanSquaredError(weights *mat.VecDense) float64 {
	var predicted mat.VecDense
	predicted.MulVec(d.Features, weights)
	sum := 0.0
	for i, target := range d.Targets {
		off := target - predicted.AtVec(i)
		sum += float64(off * off)
	}
	return sum / float64(len(d.Targets))
}
