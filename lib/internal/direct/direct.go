// Package direct shows something in the course's kernel, by a file and a mark in
// standard output. Package notebook does the same for all kernels; this one is
// for programs that link little.
package direct

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"multiprocessing/internal/envvar"
)

// Stdout is where the kernel looks for marks. A program may replace os.Stdout;
// only tests replace this.
var Stdout = os.Stdout

// Content is that of Jupyter's display_data message.
type Content struct {
	Data      any            `json:"data"` // an object: a value for each MIME type
	Metadata  map[string]any `json:"metadata"`
	Transient map[string]any `json:"transient"`
}

// Inside reports whether the course's kernel runs this program.
func Inside() bool { return os.Getenv(envvar.Displays) != "" }

// Show shows content: it goes into a file, and a mark with the file's name to
// standard output, between the lines that the program prints. There is no
// connection to keep and nothing to wait for.
func Show(c Content) error {
	if c.Metadata == nil {
		c.Metadata = map[string]any{}
	}
	if c.Transient == nil {
		c.Transient = map[string]any{}
	}
	content, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("sending output to the notebook: %w", err)
	}
	file, err := os.CreateTemp(os.Getenv(envvar.Displays), "display-*")
	if err != nil {
		return fmt.Errorf("sending output to the notebook: %w", err)
	}
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		// In one write, so that no other comes between its parts.
		_, err = fmt.Fprintf(Stdout, "\x00display %s\x00", filepath.Base(file.Name()))
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("sending output to the notebook: %w", err)
	}
	return nil
}
