package display

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/internal/cpuprofile"
	"multiprocessing/lib/timing/progress"
)

// elements counts the elements of markup, which must be well-formed.
func elements(t *testing.T, markup string) map[string]int {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(markup))
	d.Strict = false
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	seen := map[string]int{}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return seen
		}
		if err != nil {
			t.Fatalf("%v in %s", err, markup)
		}
		if e, ok := tok.(xml.StartElement); ok {
			seen[e.Name.Local] += 1 + 100*len(e.Attr)
		}
	}
}

// Whatever stands in names, cells and captions, the markup has the elements
// and attributes that it has with plain words.
func FuzzEscaping(f *testing.F) {
	for _, s := range []string{"plain", `<script>alert("x")</script>`, `" onload="x`, "]]></desc>", "&lt;", "a\x00b\x1f", "</style>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0xfffe || r == 0xffff }) {
			t.Skip() // no XML reader takes these, though browsers do
		}
		all := func(s string) string {
			df := dataframe.New(series.New([]string{s + "x", "y"}, series.String, s+"name"), series.New([]string{"base", "z" + s}, series.String, "verdict"))
			if df.Err != nil {
				t.Skip()
			}
			flame := flameOf([]cpuprofile.Sample{{Stack: []string{"f." + s, "g"}, CPU: time.Second}})
			return "<all>" + tableHTML(df, settings{rows: 1, caption: "c" + s}) + captionHTML(s, "c"+s) +
				flameSVG(flame, s) + progressHTML(progress.Step{Doing: s, Of: 3}) + "</all>"
		}
		got, want := elements(t, all(s)), elements(t, all("word"))
		for name, n := range got {
			if n != want[name] && name != "text" { // a label may be too short to be shown
				t.Errorf("<%s>: %d, want %d, with %q", name, n, want[name], s)
			}
		}
	})
}
