// Package named finds the columns of data frames by their names. gota gives
// columns of the same name other names in most places, but not in Rename.
package named

import (
	"fmt"
	"slices"
)

// Column returns the number of the column that has the name. It is an error
// if no column has it, or if several do.
func Column(names []string, name string) (int, error) {
	first := slices.Index(names, name)
	if first < 0 {
		return 0, fmt.Errorf("the data frame has no column %q, only %q", name, names)
	}
	if slices.Contains(names[first+1:], name) {
		return 0, fmt.Errorf("the data frame has two columns %q; give each its own name", name)
	}
	return first, nil
}
