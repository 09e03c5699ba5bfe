package stamp

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestTheWordsAreInFrontOfAFaintPicture(t *testing.T) {
	got, _ := Across(`<rect width="3"/>`, "1 < 2 & so on", 680, 340)
	d := xml.NewDecoder(strings.NewReader("<svg>" + got + "</svg>"))
	var order []string
	words := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			order = append(order, token.Name.Local)
		case xml.CharData:
			words += strings.TrimSpace(string(token))
		}
	}
	if strings.Join(order, " ") != "svg g rect text" || words != "1 < 2 & so on" {
		t.Errorf("elements %v, words %q", order, words)
	}
}

func TestLongWordsStayInThePicture(t *testing.T) {
	if got, _ := Across("", strings.Repeat("x", 100), 500, 100); !strings.Contains(got, `textLength="470.0"`) {
		t.Errorf("got %s", got)
	}
}

func TestInALowPictureTheWordsHideNothing(t *testing.T) {
	got, more := Across(`<rect/>`, "not a result", 680, 90)
	if more < size || !strings.Contains(got, `translate(0 `) || !strings.Contains(got, `y="26.0"`) {
		t.Errorf("%.0f more, %s", more, got)
	}
	if _, more := Across(`<rect/>`, "not a result", 680, 340); more != 0 {
		t.Errorf("a high picture is higher by %.0f", more)
	}
}
