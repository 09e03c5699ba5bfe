package explore

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"multiprocessing/internal/envvar"
)

// chosen is what a reader chose: From are the values that the variables had,
// To those that they get, each in the order of the controls. From tells whether
// the choice still holds: a reader who has changed the parameters cell since
// wants its values.
type chosen struct{ From, To []string }

// variable is the name of the environment variable in which the page stores
// the choice, as base64 of JSON: %env splits its arguments at spaces.
func (c Cell) variable() string { return fmt.Sprintf(envvar.Explore+"%x", c.Name) }

// choose sets the variables, which have the values begin, to what the reader
// chose. If the choice is not valid, as after a change of the limits, choose
// returns an error and changes nothing.
func (c Cell) choose(begin []string) error {
	stored := os.Getenv(c.variable())
	if stored == "" {
		return nil
	}
	var ch chosen
	text, err := base64.StdEncoding.DecodeString(stored)
	if err := errors.Join(err, json.Unmarshal(text, &ch)); err != nil {
		return fmt.Errorf("%s: %w", c.variable(), err)
	}
	if !slices.Equal(ch.From, begin) {
		return nil
	}
	return c.set(ch.To)
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
