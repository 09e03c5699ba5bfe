package display

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/png"
)

// wide is how many pixels of the page a picture has at least: few enough for a
// notebook's column.
const wide = 560

// Image shows a picture of pixels, enlarged so that a small one fills the
// column. The description says in words what it shows; terminals and screen
// readers get it. It panics if the picture has no pixels.
func Image(picture image.Image, description string) {
	HTML(imageHTML(picture, description), description)
}

func imageHTML(picture image.Image, description string) string {
	size := picture.Bounds().Size()
	if size.X == 0 || size.Y == 0 {
		panic("display: Image: the picture has no pixels")
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic("display: Image: " + err.Error()) // a Buffer takes all: only the size can be wrong
	}
	words := html.EscapeString(description)
	return fmt.Sprintf(`<figure role="img" aria-label="%s" style="margin:.5em 0"><img alt="%s" width="%d" style="max-width:100%%;height:auto;image-rendering:pixelated" src="data:image/png;base64,%s"></figure>`,
		words, words, max(wide, size.X), base64.StdEncoding.EncodeToString(b.Bytes()))
}
