package display

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"
)

func TestAnImageIsShownPixelByPixel(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 3, 2))
	picture.SetGray(1, 1, color.Gray{200})
	shown := imageHTML(picture, `a "dark" picture`)
	content := regexp.MustCompile(`src="data:image/png;base64,([^"]*)"`).FindStringSubmatch(shown)
	if content == nil {
		t.Fatalf("no picture in %q", shown)
	}
	raw, err := base64.StdEncoding.DecodeString(content[1])
	if err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(bytes.NewReader(raw))
	if err != nil || back.Bounds() != picture.Bounds() {
		t.Fatalf("%v, %v", back, err)
	}
	if gray, _, _, _ := back.At(1, 1).RGBA(); gray>>8 != 200 {
		t.Errorf("pixel (1, 1) is %d, want 200", gray>>8)
	}
	if !strings.Contains(shown, `alt="a &#34;dark&#34; picture"`) {
		t.Errorf("the description is not there: %q", shown)
	}
}

func TestAnImageNeedsPixels(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); said != "display: Image: the picture has no pixels" {
			t.Errorf("panic %q", said)
		}
	}()
	Image(image.NewGray(image.Rect(0, 0, 0, 5)), "nothing")
}
