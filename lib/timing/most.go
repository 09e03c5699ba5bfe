package timing

import (
	"fmt"
	"os"
	"time"

	"multiprocessing/internal/envvar"
)

// mostVariable is an environment variable that limits every Budget, for a run
// in which speed matters more than narrow intervals:
//
//	go run ./kernel run --budget 300ms notebooks/06-pool.ipynb
const mostVariable = envvar.Budget

// mostBudget returns the smaller of a budget and the variable's. It panics if
// the variable is no positive duration.
func mostBudget(budget time.Duration) time.Duration {
	value := os.Getenv(mostVariable)
	if value == "" {
		return budget
	}
	most, err := time.ParseDuration(value)
	if err != nil || most <= 0 {
		panic(fmt.Sprintf("timing: Compare: %s=%q is no positive duration, such as 500ms; correct it or unset it", mostVariable, value))
	}
	return min(budget, most)
}
