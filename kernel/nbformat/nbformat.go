// Package nbformat reads Jupyter's notebook files.
package nbformat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Book is a notebook: as much of Jupyter's notebook format, version 4, as the kernel command and its tests look at.
type Book struct {
	Cells []Cell `json:"cells"`
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

// ErrorMessage returns the error that the cell ended with, and before it the last lines of its standard error, which
// is where a compiler or a panic says more. It is empty when the cell did not fail.
func (c Cell) ErrorMessage() string {
	var stderr, message string
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
		}
	}
	if message == "" {
		return ""
	}
	if said := strings.TrimSpace(stderr); said != "" {
		message += "\n" + indent(said)
	}
	return escapes.ReplaceAllString(message, "")
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}

// WithoutPapermill returns an executed notebook as Jupyter itself would have written it: without papermill's notes of
// times and paths, which change with every run, and in the format's canonical form.
func WithoutPapermill(content []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var book map[string]any
	if err := decoder.Decode(&book); err != nil {
		return nil, fmt.Errorf("reading a notebook: %w", err)
	}
	dropPapermill(book["metadata"])
	cells, _ := book["cells"].([]any)
	for _, cell := range cells {
		if fields, ok := cell.(map[string]any); ok {
			dropPapermill(fields["metadata"])
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(book); err != nil {
		return nil, fmt.Errorf("writing a notebook: %w", err)
	}
	return out.Bytes(), nil
}

func dropPapermill(metadata any) {
	fields, ok := metadata.(map[string]any)
	if !ok {
		return
	}
	for _, name := range []string{"papermill", "execution"} {
		delete(fields, name)
	}
	// papermill gives every cell a list of tags, and Jupyter writes none where there are none.
	if tags, ok := fields["tags"].([]any); ok && len(tags) == 0 {
		delete(fields, "tags")
	}
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
