package scaling_test

import (
	"fmt"

	"multiprocessing/lib/scaling"
)

func Example() {
	measured := []scaling.Point{
		{Workers: 1, Speedup: 1, Low: 1, High: 1},
		{Workers: 2, Speedup: 1.90, Low: 1.88, High: 1.93},
		{Workers: 4, Speedup: 3.45, Low: 3.40, High: 3.52},
		{Workers: 8, Speedup: 5.93, Low: 5.80, High: 6.05},
	}
	fit, err := scaling.FitAmdahl(measured)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fit)
	fmt.Printf("64 workers: %.1f\n", fit.Speedup(64))
	// Output:
	// Amdahl: serial 0.0506 [0.0465 to 0.0547]; typically 0.45% off at 3 points
	// 64 workers: 15.3
}
