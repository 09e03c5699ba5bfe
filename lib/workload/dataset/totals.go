package dataset

// Total is what is known of a group of cars: enough for their mean price,
// and enough to be put together with another Total. Means themselves could
// not be put together.
type Total struct {
	Rows  int
	Price int // sum, dollars
}

// Totals holds a Total for each make of car.
type Totals map[string]Total

// Totals reads the chunk and groups its rows by make: the task of one
// worker, the map of map and reduce.
func (c Chunk) Totals() (Totals, error) {
	totals := Totals{}
	for row, err := range c.Rows() {
		if err != nil {
			return nil, err
		}
		t := totals[row.Make]
		totals[row.Make] = Total{t.Rows + 1, t.Price + row.Price}
	}
	return totals, nil
}

// Merge puts the totals of many chunks together: the reduce of map and
// reduce. The parts are not changed.
func Merge(parts []Totals) Totals {
	all := Totals{}
	for _, part := range parts {
		for name, t := range part {
			all[name] = Total{all[name].Rows + t.Rows, all[name].Price + t.Price}
		}
	}
	return all
}

// Means returns the mean price for each make.
func (t Totals) Means() map[string]float64 {
	means := map[string]float64{}
	for name, total := range t {
		means[name] = float64(total.Price) / float64(total.Rows)
	}
	return means
}

// Serial returns the totals of the whole file at path, read from its first
// row to its last by the caller's own goroutine.
func Serial(path string) (Totals, error) {
	chunks, err := Split(path, 1)
	if err != nil {
		return nil, err
	}
	if len(chunks) == 0 {
		return Totals{}, nil // no rows
	}
	return chunks[0].Totals()
}

// Must returns value, or panics with err. It makes a task that cannot return
// an error out of one that does; a Map hands the panic to its caller.
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
