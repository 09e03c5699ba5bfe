package integral

// Midpoint integrates f between from and to, serially, by the composite
// midpoint rule: every panel is as high as f in its middle. Twice the panels,
// a quarter of the error. It panics if f is nil, panels is below 1 or an end
// is not finite.
func Midpoint(f func(float64) float64, from, to float64, panels int) float64 {
	mustHaveFunction("Midpoint", f)
	mustBeProper("Midpoint", from, to, panels)
	return serially(Blocks(from, to, panels), func(b Block) float64 { return b.Midpoint(f) })
}

// Midpoint returns the block's part of the integral by the midpoint rule. It
// calls f once for each panel. It panics if f is nil.
func (b Block) Midpoint(f func(float64) float64) float64 {
	mustHaveFunction("Block.Midpoint", f)
	sum := 0.0
	for panel := b.First; panel < b.Last; panel++ {
		sum += f(b.at(float64(panel) + 0.5))
	}
	return sum * b.width()
}
