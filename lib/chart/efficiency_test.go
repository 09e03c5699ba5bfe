package chart

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// coreTimes is what timing's CoreTime says of four cases, the last without an
// explanation.
func coreTimes() dataframe.DataFrame {
	return dataframe.New(
		series.New([]string{"serial", "chunks", "<mutex>", "Python"}, series.String, "case"),
		series.New([]int{1, 2, 2, 2}, series.Int, "workers"),
		series.New([]float64{100, 66, 52, nan}, series.Float, "the work %"),
		series.New([]float64{0, 0.1, 0.2, nan}, series.Float, "more core time %"),
		series.New([]float64{0, 33, 1, nan}, series.Float, "uneven %"),
		series.New([]float64{0, 0, 41, nan}, series.Float, "waits %"),
		series.New([]float64{0, 0.9, 5.8, nan}, series.Float, "other %"),
		series.New([]string{"base", "", "", ""}, series.String, "verdict"),
	)
}

func TestEfficiencySaysWhereTheCoreTimeWent(t *testing.T) {
	_, description, err := efficiency(coreTimes())
	if err != nil {
		t.Fatal(err)
	}
	want := "Bar chart of where the core time went: serial (base) the work 100%; chunks the work 66%, uneven 33%, other 1%; " +
		"<mutex> the work 52%, uneven 1%, waits 41%, other 6%; Python not explained."
	if description != want {
		t.Errorf("got %q", description)
	}
}

func TestEfficiencyDrawsNoPartThatNoCaseHas(t *testing.T) {
	svg, _, err := efficiency(coreTimes())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(svg, "more core time") || !strings.Contains(svg, ">uneven<") || !strings.Contains(svg, ">41%<") {
		t.Errorf("got %s", svg)
	}
}

func TestEfficiencyNeedsCases(t *testing.T) {
	for _, df := range []dataframe.DataFrame{
		coreTimes().Select([]string{"the work %"}),
		coreTimes().Subset([]int{}),
	} {
		if _, _, err := efficiency(df); err == nil || errors.Is(err, errNoParts) {
			t.Errorf("the error for %v is %v", df.Names(), err)
		}
	}
}

func TestEfficiencyOfCasesWithoutExplanationIsNoPanic(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	for _, df := range []dataframe.DataFrame{
		coreTimes().Select([]string{"case", "workers"}), // what CoreTime has when no run was explained
		coreTimes().Subset([]int{3}),
	} {
		if _, _, err := efficiency(df); !errors.Is(err, errNoParts) {
			t.Errorf("the error for %v is %v", df.Names(), err)
		}
		Efficiency(df) // would panic
	}
}
