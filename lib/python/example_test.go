package python_test

import (
	"context"
	"fmt"

	"multiprocessing/lib/python"
)

func ExampleDeck() {
	run, err := python.Deck(context.Background(), python.Pool, 2000, 4, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	// In the deck's counting 1 is the first prime.
	fmt.Println(run.Answers)
	// Output: [17387 17389 17393 17401]
}
