// Package chart draws what was measured, as SVG that reads well in a light
// and in a dark notebook.
//
// Use it after timing, for a picture beside the table: the same DataFrame
// goes to display.Table and to Bars, which shows times, or Speedup, which
// shows them against the workers with Amdahl's law (slide 2). History shows the
// runs of earlier days.
//
// Cost: a chart takes 0.4 ms to draw (BenchmarkBars). A cell that imports
// chart beside timing and display takes 95 ms longer to build: 265 ms instead
// of 170 ms, on 2 cores (BenchmarkBuild). That is why charts are apart from
// display: a cell without a picture does not pay for it.
package chart

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html"
	"image/color"
	"regexp"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"multiprocessing/lib/internal/stamp"
	"multiprocessing/lib/internal/verdict"
)

// width of all pictures, in pixels where there is room for them.
const width = 680

// Colors that stand for the theme's own. The SVG writer knows only fixed
// colors, so those of the text are replaced in what it has written; none of
// them is black, which it would leave out.
var (
	ink  = color.NRGBA{1, 2, 3, 255} // the color of the text around the picture
	thin = color.NRGBA{1, 2, 4, 255} // the same, faint
)

// Series colors, of 3:1 contrast and more on a white and on a #111 ground.
var (
	blue = color.NRGBA{0x3f, 0x7f, 0xbf, 255}
	gray = color.NRGBA{0x85, 0x85, 0x85, 255}
)

var themed = strings.NewReplacer(
	"#010203", "currentColor",
	"fill:#010204", "fill:currentColor;fill-opacity:.2",
	"stroke:#010204", "stroke:currentColor;stroke-opacity:.2",
)

// typeface of all text; the second and third have the widths of the first.
const typeface = "font:12px 'Liberation Sans',Arial,Helvetica,sans-serif"

// label is a text as the SVG writer has it, with the font in each.
var label = regexp.MustCompile(`(<text [^>]*?)\s+style="font-family:Liberation Sans;[^"]*font-size:12px;(fill:[^"]*)">([^<]*)</text>`)

// fitted says the width of each text. Where the reader has none of the fonts,
// the text is squeezed into the room that it was given, and not cut off by
// what stands beside it.
func fitted(svg string, style draw.TextStyle) string {
	return label.ReplaceAllStringFunc(svg, func(found string) string {
		part := label.FindStringSubmatch(found)
		width := style.Width(html.UnescapeString(part[3])).Points()
		return fmt.Sprintf(`%s textLength="%.1f" lengthAdjust="spacingAndGlyphs" style="%s">%s</text>`, part[1], width, part[2], part[3])
	})
}

// newPlot returns an empty plot in the course's style.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color = ink
		a.Padding = 0
		a.Label.TextStyle.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 12}
		a.Label.TextStyle.Color = ink
		a.Tick.Label.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 12}
		a.Tick.Label.Color = ink
		a.Tick.Color = ink
	}
	return p
}

// The writer's first lines, up to the size, which is replaced.
var header = regexp.MustCompile(`(?s)^.*?<svg [^>]*>`)

// render draws p and makes the SVG one that adapts to theme and width, with a
// title and a description for those who do not see it. On a busy machine it
// says across the picture that it is not a result.
func render(p *plot.Plot, height float64, title, description, busy string) (string, error) {
	c := vgsvg.New(width, vg.Length(height))
	p.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", fmt.Errorf("writing SVG: %w", err)
	}
	body := themed.Replace(fitted(header.ReplaceAllString(b.String(), ""), p.X.Tick.Label))
	if busy != "" {
		drawn := strings.TrimSuffix(strings.TrimSpace(body), "</svg>")
		stamped, more := stamp.Across(drawn, verdict.NotAResult(busy), width, height)
		body, height = stamped+"</svg>\n", height+more
	}
	// Ids must not clash with those of other pictures in the page.
	h := fnv.New32a()
	h.Write([]byte(title + description + body))
	id := fmt.Sprintf("mp-%08x", h.Sum32())
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%dpx;height:auto;%s">`+
		`<title id="%s-t">%s</title>`+"\n"+`<desc id="%s-d">%s</desc>`+"\n%s",
		width, height, id, id, width, typeface, id, html.EscapeString(title), id, html.EscapeString(description), body), nil
}
