package star

import (
	"math"
	"testing"
)

func TestUnwrapKeepsTheOrderOfTheArguments(t *testing.T) {
	if got := Unwrap(math.Pow)(Args[float64, float64]{A: 2, B: 10}); got != 1024 {
		t.Errorf("2 to the 10th is %v", got)
	}
}
