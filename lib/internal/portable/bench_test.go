package portable

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"testing"
	"time"
)

type (
	labeled struct {
		N     int
		Label string
	}
	order struct {
		ID    int
		Names []string
		Price map[string]float64
	}
)

// One operation encodes and decodes 1,000 values: with this package, and with
// one encoder and one decoder of gob, which describe their type only once.
func BenchmarkAgainstGob(b *testing.B) {
	compare(b, "int", func(i int) int { return i * 1000 })
	compare(b, "struct with a string", func(i int) labeled { return labeled{i, "label"} })
	compare(b, "struct with a list and a map", func(i int) order {
		return order{i, []string{"a", "bc"}, map[string]float64{"a": 1, "bc": float64(i)}}
	})
	compare(b, "plain struct with a bool", func(i int) padded { return padded{On: i%2 == 0, n: int64(i)} })
	compare(b, "time", func(i int) time.Time { return time.Unix(int64(i), 0) })
	compare(b, "list of strings", func(i int) []string { return []string{"a", "b", "c", "d", "e", "f", "g", fmt.Sprint(i)} })
	compare(b, "interface", func(i int) any { return square{float64(i)} })
}

func compare[T any](b *testing.B, name string, value func(i int) T) {
	values, got := make([]T, 1000), make([]T, 1000)
	for i := range values {
		values[i] = value(i)
	}
	c, err := CodecOf[T]()
	if err != nil {
		b.Fatal(err)
	}
	var buffer []byte
	b.Run(name+"/portable", func(b *testing.B) {
		for b.Loop() {
			if buffer, err = c.Append(buffer[:0], Of(values)); err != nil {
				b.Fatal(err)
			}
			if err := c.Decode(buffer, Of(got)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(name+"/gob", func(b *testing.B) {
		var stream bytes.Buffer
		encoder, decoder := gob.NewEncoder(&stream), gob.NewDecoder(&stream)
		for b.Loop() {
			clear(got)
			if err := encoder.Encode(values); err != nil {
				b.Fatal(err)
			}
			if err := decoder.Decode(&got); err != nil {
				b.Fatal(err)
			}
		}
	})
}
