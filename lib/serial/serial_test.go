package serial_test

import (
	"fmt"
	"slices"
	"testing"

	"multiprocessing/lib/primes"
	"multiprocessing/lib/serial"
)

func ExampleMap() {
	fmt.Println(serial.Map([]int{20000, 20001, 20002, 20003}, primes.Nth))
	// Output: [224737 224743 224759 224771]
}

func TestResultsAreInTheOrderOfTheItems(t *testing.T) {
	got := serial.Map([]int{3, 1, 2}, func(n int) string { return fmt.Sprint(n) })
	if want := []string{"3", "1", "2"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNoItemsGiveNoResults(t *testing.T) {
	if got := serial.Map(nil, primes.Nth); got == nil || len(got) != 0 {
		t.Errorf("got %#v, want an empty slice", got)
	}
}

func TestAPanicIsTheCallersOwn(t *testing.T) {
	defer func() {
		if got := recover(); got != "boom" {
			t.Errorf("panic value is %v", got)
		}
	}()
	serial.Map([]int{1}, func(int) int { panic("boom") })
}

func TestMapErrRefusesANilFunction(t *testing.T) {
	defer func() {
		if got := recover(); got != "serial: MapErr: g must not be nil" {
			t.Errorf("panic value is %v", got)
		}
	}()
	serial.MapErr[int, int](t.Context(), nil, nil)
}

func TestMapRefusesANilFunction(t *testing.T) {
	defer func() {
		if got := recover(); got != "serial: Map: f must not be nil" {
			t.Errorf("panic value is %v", got)
		}
	}()
	serial.Map[int, int](nil, nil)
}

// One operation is a Map of 100,000 tiny tasks.
func BenchmarkMap(b *testing.B) {
	items := make([]int, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		serial.Map(items, func(n int) int { return n + 1 })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/task")
}
