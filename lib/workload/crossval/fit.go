package crossval

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
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
	return d.meanSquaredError(fit, d.ridge(fit))
}

// isInside reports whether a row is in the fit's fold.
func (f Fit) isInside(row int) bool { return row%f.Folds == f.Fold }

// row returns row i of the features. It is no copy: copies of the rows
// outside the fold, half a megabyte for each fit, kept the garbage collector
// so busy that two workers were no faster than one.
func (d *Data) row(i int) blas64.Vector {
	values := d.Features.RawRowView(i)
	return blas64.Vector{N: len(values), Inc: 1, Data: values}
}

// ridge returns the weights w that solve (XᵀX + penalty) w = Xᵀy, where X
// and y are the rows outside the fold.
//
// All of it runs in this goroutine. Dense.Mul would start goroutines of its
// own for large matrices: then the serial form would not be serial, and
// workers would take the cores from each other.
func (d *Data) ridge(fit Fit) *mat.VecDense {
	rows, features := d.Features.Dims()
	system, right := mat.NewSymDense(features, nil), mat.NewVecDense(features, nil)
	for i := range rows {
		if !fit.isInside(i) {
			blas64.Syr(1, d.row(i), system.RawSymmetric())
			blas64.Axpy(d.Targets[i], d.row(i), right.RawVector())
		}
	}
	for j := range features {
		system.SetSym(j, j, system.At(j, j)+fit.Penalty)
	}
	var weights mat.VecDense
	var factors mat.Cholesky
	if !factors.Factorize(system) {
		panic(fmt.Sprintf("crossval: the fit with penalty %v has no solution; features must be finite, the penalty not tiny beside them", fit.Penalty))
	}
	_ = factors.SolveVecTo(&weights, right) // it warns of rounding only: the error on the fold will tell
	return &weights
}

func (d *Data) meanSquaredError(fit Fit, weights *mat.VecDense) float64 {
	sum, count := 0.0, 0
	for i, target := range d.Targets {
		if fit.isInside(i) {
			off := target - blas64.Dot(d.row(i), weights.RawVector())
			sum += float64(off * off)
			count++
		}
	}
	return sum / float64(count)
}
