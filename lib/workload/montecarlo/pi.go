package montecarlo

// Pi estimates pi, serially: it throws draws darts at a square and counts
// those that hit the quarter circle in it. A hundred times the draws give
// one more digit. It panics if draws is below 1.
func Pi(seed uint64, draws int) float64 {
	mustDraw("Pi", draws)
	return PiOf(each(Blocks(seed, draws), Block.Hits), draws)
}

// Hits throws the block's darts and returns how many hit.
func (b Block) Hits() int {
	r, hits := b.Rand(), 0
	for range b.Draws {
		x, y := r.Float64(), r.Float64()
		if float64(x*x)+float64(y*y) < 1 {
			hits++
		}
	}
	return hits
}

// PiOf returns the estimate from the hits of all blocks and the number of
// draws in all of them. It panics if draws is below 1.
func PiOf(hits []int, draws int) float64 {
	mustDraw("PiOf", draws)
	sum := 0
	for _, h := range hits {
		sum += h
	}
	return 4 * float64(sum) / float64(draws)
}
