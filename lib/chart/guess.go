package chart

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// guessed is the color of what the reader expected.
var guessed = colors[5]

// crossSize is half the width of a cross in pixels.
const crossSize = 5

// cross marks a guess. gonum's own is too thin to be seen on a bar.
type cross struct{}

func (cross) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	line := draw.LineStyle{Color: style.Color, Width: 3}
	for _, up := range []vg.Length{crossSize, -crossSize} {
		c.StrokeLine2(line, at.X-crossSize, at.Y-up, at.X+crossSize, at.Y+up)
	}
}
