// Package student has Student's t distribution: how far a mean may be from
// the true one, when its standard error is itself estimated from a few values.
package student

import (
	"math"
	"sync"
)

// Within returns how many standard errors to either side of the mean hold the
// true mean with a probability, such as 0.95. The degrees of freedom are the
// number of values less one. It panics if the probability is not between 0 and
// 1 or the degrees are less than 1.
func Within(probability float64, freedom int) float64 {
	if !(probability > 0 && probability < 1) || freedom < 1 {
		panic("student: Within: needs a probability between 0 and 1 and at least one degree of freedom")
	}
	asked := question{probability, freedom}
	if t, again := answers.Load(asked); again {
		return t.(float64)
	}
	low, high := 0.0, math.Pi/2
	for range 60 { // halves the distance to the precision of a float64
		middle := (low + high) / 2
		if probabilityWithin(middle, freedom) < probability {
			low = middle
		} else {
			high = middle
		}
	}
	t := math.Sqrt(float64(freedom)) * math.Tan(high)
	answers.Store(asked, t)
	return t
}

type question struct {
	probability float64
	freedom     int
}

// answers are kept: few questions are asked, and each often.
var answers sync.Map

// probabilityWithin is that of a t between -x and x, by the angle whose tangent
// is x divided by the root of the degrees of freedom. For whole degrees it is a
// finite sum (Abramowitz and Stegun, "Handbook of Mathematical Functions",
// 26.7.3 and 26.7.4).
func probabilityWithin(angle float64, freedom int) float64 {
	sin, cos := math.Sincos(angle)
	power := freedom % 2
	sum, term := 0.0, math.Pow(cos, float64(power))
	for ; power <= freedom-2; power += 2 {
		sum += term
		term *= cos * cos * float64(power+1) / float64(power+2)
	}
	if freedom%2 == 1 {
		return 2 / math.Pi * (angle + sin*sum)
	}
	return sin * sum
}
