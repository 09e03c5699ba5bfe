package dataset

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
)

// Makes are the makes of car in the data, in the order of the alphabet.
var Makes = []string{"BMW", "Chevrolet", "Ford", "Honda", "Hyundai", "Jeep", "Kia", "Mazda", "Nissan", "Subaru", "Tesla", "Toyota"}

// header names the columns.
const header = "id,make,year,miles,price\n"

// Write writes the CSV: a header and so many rows. The same seed gives the
// same bytes. A row has 30 bytes on average; of more rows the first are
// the same. It panics if rows is below 0.
func Write(w io.Writer, seed uint64, rows int) error {
	mustNotBeNegative("Write", rows)
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(header)
	r := rand.New(rand.NewPCG(seed, 0))
	var line []byte
	for id := 1; id <= rows; id++ {
		line = randomRow(r, id).append(line[:0])
		out.Write(line) // Flush returns the first error
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("dataset: writing %d rows: %w", rows, err)
	}
	return nil
}

func mustNotBeNegative(operation string, rows int) {
	if rows < 0 {
		panic(fmt.Sprintf("dataset: %s: rows must not be negative, got %d", operation, rows))
	}
}

// Row is one car sold.
type Row struct {
	ID    int
	Make  string
	Year  int
	Miles int
	Price int // dollars
}

// dearness says how dear each make is: an order drawn at random. The prices
// are invented, and say nothing of the makes.
var dearness = rand.New(rand.NewPCG(2014, 0)).Perm(len(Makes))

// randomRow makes a car that loses value with age and miles, and whose make
// matters: so the means differ, and a mistake in grouping shows.
func randomRow(r *rand.Rand, id int) Row {
	make, age := r.IntN(len(Makes)), r.IntN(20)
	miles := age*8000 + r.IntN(12_000)
	price := 22_000 + 1_700*dearness[make] - 900*age - miles/25 + r.IntN(6_000)
	return Row{id, Makes[make], 2024 - age, miles, max(500, price)}
}

// append adds the row to line as it stands in the file.
func (r Row) append(line []byte) []byte {
	line = strconv.AppendInt(line, int64(r.ID), 10)
	line = append(append(line, ','), r.Make...)
	for _, n := range [...]int{r.Year, r.Miles, r.Price} {
		line = strconv.AppendInt(append(line, ','), int64(n), 10)
	}
	return append(line, '\n')
}
