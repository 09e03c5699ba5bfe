// Package coursebook reads notebooks, and writes them in the form in which this course's repository has them: without times
// and paths of the run, and with a digest of the sources that were executed (kept_form.go). That form is ours. Its JSON is
// laid out as Jupyter lays it out, so that saving a notebook in JupyterLab changes nothing else. Jupyter's own nbformat is
// Python: a start of it for each notebook takes longer than all that this package does.
package coursebook

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Book is a notebook: as much of Jupyter's notebook format, version 4, as the kernel command and its tests look at.
type Book struct {
	Cells    []Cell `json:"cells"`
	Metadata struct {
		Ours struct {
			Executed string `json:"executed"` // the Digest of the sources that made the outputs
		} `json:"multiprocessing"`
	} `json:"metadata"`
}

// Cell is a cell of a notebook.
type Cell struct {
	ID             string   `json:"id"`
	Type           string   `json:"cell_type"`
	Source         Lines    `json:"source"`
	ExecutionCount int      `json:"execution_count"`
	Outputs        []Output `json:"outputs"`
	Metadata       struct {
		Tags      []string       `json:"tags"`
		Execution map[string]any `json:"execution"` // times of the kernel's messages
		Papermill struct {
			Exception bool `json:"exception"`
		} `json:"papermill"`
		Jupyter struct {
			SourceHidden bool `json:"source_hidden"` // it is folded
		} `json:"jupyter"`
	} `json:"metadata"`
}

// Output is one output of a cell.
type Output struct {
	Type      string           `json:"output_type"`
	Name      string           `json:"name"` // of a stream
	Text      Lines            `json:"text"` // of a stream
	Data      map[string]Lines `json:"data"` // by MIME type
	ErrorName string           `json:"ename"`
	Error     string           `json:"evalue"`
	Traceback []string         `json:"traceback"`
}

// Lines is text that the format keeps as a string or as a list of lines; other JSON values are kept as they stand.
type Lines string

// UnmarshalJSON implements json.Unmarshaler.
func (l *Lines) UnmarshalJSON(content []byte) error {
	var list []string
	if json.Unmarshal(content, &list) == nil {
		*l = Lines(strings.Join(list, ""))
		return nil
	}
	var text string
	if json.Unmarshal(content, &text) == nil {
		*l = Lines(text)
		return nil
	}
	*l = Lines(content)
	return nil
}

// Parse reads a notebook.
func Parse(content []byte) (Book, error) {
	var book Book
	if err := json.Unmarshal(content, &book); err != nil {
		return book, fmt.Errorf("reading a notebook: %w", err)
	}
	return book, nil
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// ErrorMessage returns the error that the cell ended with and what it says about it: the last lines of its standard
// error, where a program says more, and the error's traceback, which names places in cells. It is empty when the cell
// did not fail.
func (c Cell) ErrorMessage() string {
	message, stderr, traceback := c.failure()
	for _, more := range []string{stderr, traceback} {
		if message != "" && more != "" && !strings.HasSuffix(message, more) {
			message += "\n" + indent(more)
		}
	}
	return message
}

// failure returns the kind and value of the cell's error, and what stands on standard error and in the traceback.
func (c Cell) failure() (message, stderr, traceback string) {
	for _, output := range c.Outputs {
		switch {
		case output.Type == "stream" && output.Name == "stderr":
			stderr += string(output.Text)
		case output.Type == "error":
			message = output.ErrorName
			if output.Error != "" && output.Error != output.ErrorName {
				message += ": " + output.Error
			}
			if message == "" {
				message = "the cell failed"
			}
			traceback = strings.Join(output.Traceback, "\n")
		}
	}
	clean := func(text string) string { return strings.TrimSpace(escapes.ReplaceAllString(text, "")) }
	return clean(message), clean(stderr), clean(traceback)
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}

// Read reads the notebook at path.
func Read(path string) (Book, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return Book{}, fmt.Errorf("reading a notebook: %w", err)
	}
	return Parse(content)
}

// Stdout returns what the cell printed.
func (c Cell) Stdout() string {
	var text strings.Builder
	for _, output := range c.Outputs {
		if output.Type == "stream" && output.Name == "stdout" {
			text.WriteString(string(output.Text))
		}
	}
	return text.String()
}
