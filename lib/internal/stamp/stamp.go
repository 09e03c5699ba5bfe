// Package stamp writes across a picture that it does not show a result.
package stamp

import (
	"fmt"
	"html"
	"math"
	"unicode/utf8"
)

const (
	size = 26.0 // of the letters, in the picture's units
	tilt = 7.0  // degrees
	low  = 130.0
	pale = 0.35 // how opaque the picture is below the words
)

// Across returns the elements of an SVG picture, faint, with words across them
// in the color of the text around the picture. In a low picture the words would
// hide what it shows: there they stand above it, and the picture is higher by
// more.
func Across(elements, words string, width, height float64) (stamped string, more float64) {
	// Letters are half as wide as high, about. Where the reader's font is not,
	// the words are squeezed into the room that they were given.
	room := min(0.94*width, size/2*float64(utf8.RuneCountInString(words)))
	if height < low {
		more = 1.4 * size
		elements = fmt.Sprintf(`<g transform="translate(0 %.1f)">%s</g>`, more, elements)
		return letters(elements, words, width/2, size, 0, room), more
	}
	rise := max(0, min(room*math.Sin(tilt*math.Pi/180), height-1.2*size))
	angle := -math.Asin(rise/room) * 180 / math.Pi
	return letters(elements, words, width/2, height/2+size/3, angle, room), 0
}

func letters(elements, words string, x, y, angle, room float64) string {
	return fmt.Sprintf(`<g opacity="%.2f">%s</g>`+"\n"+
		`<text x="%.1f" y="%.1f" transform="rotate(%.1f %.1f %.1f)" textLength="%.1f" lengthAdjust="spacingAndGlyphs" style="fill:currentColor;font-size:%.0fpx;font-weight:700;text-anchor:middle">%s</text>`+"\n",
		pale, elements, x, y, angle, x, y, room, size, html.EscapeString(words))
}
