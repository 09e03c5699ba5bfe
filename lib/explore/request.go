package explore

import (
	"encoding/json"
	"errors"
	"fmt"
)

// request is what the page asks for.
type request struct {
	Do     string   // "hello" at the start, "run", "stop"
	Values []string // of the controls, in their order, with "run"
}

// longest is the length in bytes from which a request is not even read.
const longest = 1 << 16

// requestOf reads what came from the page, or from anyone else who can reach
// the kernel.
func requestOf(value any) (request, error) {
	var r request
	text, ok := value.(string)
	if !ok || len(text) > longest {
		return r, errors.New("it is no request")
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, errors.New("it is no request")
	}
	switch r.Do {
	case "hello", "run", "stop":
		return r, nil
	}
	return r, fmt.Errorf("%s is unknown", quote(r.Do))
}

// set sets the variables to the values, all of them or none.
func (c Cell) set(values []string) error {
	if len(values) != len(c.Controls) {
		return fmt.Errorf("there are %d values for %d controls", len(values), len(c.Controls))
	}
	var setters []func()
	for i, control := range c.Controls {
		set, err := control.parse(values[i])
		if err != nil {
			return err
		}
		setters = append(setters, set)
	}
	for _, set := range setters {
		set()
	}
	return nil
}
