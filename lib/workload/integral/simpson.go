package integral

// Simpson integrates f between from and to, serially, by the composite
// Simpson rule: every panel is a parabola through its ends and its middle.
// Twice the panels, a sixteenth of the error. It panics if f is nil, panels
// is below 1 or an end is not finite.
func Simpson(f func(float64) float64, from, to float64, panels int) float64 {
	mustHaveFunction("Simpson", f)
	mustBeProper("Simpson", from, to, panels)
	return serially(Blocks(from, to, panels), func(b Block) float64 { return b.Simpson(f) })
}

// Simpson returns the block's part of the integral by the Simpson rule. It
// calls f twice for each panel, and once more. It panics if f is nil.
func (b Block) Simpson(f func(float64) float64) float64 {
	mustHaveFunction("Block.Simpson", f)
	sum, left := 0.0, f(b.at(float64(b.First)))
	for panel := b.First; panel < b.Last; panel++ {
		middle, right := f(b.at(float64(panel)+0.5)), f(b.at(float64(panel)+1))
		sum += left + float64(4*middle) + right
		left = right
	}
	return sum * b.width() / 6
}
