package chart

import (
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strings"
	"testing"
)

func TestOnlyTheThemesColorsAndTheSeriesColorsAreUsed(t *testing.T) {
	allowed := map[string]bool{"currentcolor": true, "none": true, hex(gray): true}
	for _, c := range colors {
		allowed[hex(c)] = true
	}
	for name, svg := range pictures(t) {
		for _, c := range regexp.MustCompile(`(?:fill|stroke):([^;"]+)`).FindAllStringSubmatch(svg, -1) {
			if !allowed[strings.ToLower(c[1])] {
				t.Errorf("%s: the color %s does not follow the theme", name, c[1])
			}
		}
		// Without a fill of its own an element is black, in the dark too.
		for _, e := range regexp.MustCompile(`<(?:path|text)[^>]*>`).FindAllString(svg, -1) {
			if !strings.Contains(e, "fill:") {
				t.Errorf("%s: %s has no color", name, e)
			}
		}
	}
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func TestSeriesColorsContrastWithBothGrounds(t *testing.T) {
	for _, c := range append([]color.NRGBA{gray}, colors...) {
		for _, ground := range []color.NRGBA{{255, 255, 255, 255}, {0x11, 0x11, 0x11, 255}} {
			if got := contrast(c, ground); got < 3 {
				t.Errorf("%s on %s: %.2f, want 3 or more", hex(c), hex(ground), got)
			}
		}
	}
}

// contrast is that of the Web Content Accessibility Guidelines.
func contrast(a, b color.NRGBA) float64 {
	luminance := func(c color.NRGBA) float64 {
		linear := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
