package digits

import (
	"math"
	"testing"
)

func TestNumbersHaveThreeSignificantDigits(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1.00", 12: "12.0", 123: "123", 999.4: "999", 999.6: "1,000", 1234: "1,234", 1234567: "1,234,567",
		9.994: "9.99", 9.996: "10.0", 99.96: "100", 0.9996: "1.00", 0.01234: "0.0123", 0.000123: "0.000123", 0.0000123: "1.23e-05",
		-0.5: "-0.500", -1234: "-1,234", -123456: "-123,456", 2e15: "2.00e+15", math.Inf(1): "∞", math.Inf(-1): "-∞",
	} {
		if got := Three(v); got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
	if got := Three(math.NaN()); got != Missing {
		t.Errorf("NaN: got %q", got)
	}
}
