package coursebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ours is the name, in a notebook's metadata, of what we note there.
const ours = "multiprocessing"

// Kept returns an executed notebook as a repository keeps it: without papermill's notes of times and paths, which
// change with every run, with what a cell printed in one piece, in canonical form, and with the digest of the sources
// that were executed.
func Kept(content []byte) ([]byte, error) {
	parsed, err := Parse(content)
	if err != nil {
		return nil, err
	}
	book, err := decode(content)
	if err != nil {
		return nil, err
	}
	dropPapermill(book["metadata"])
	if metadata, ok := book["metadata"].(map[string]any); ok {
		metadata[ours] = map[string]any{"executed": parsed.Digest()}
	}
	cells, _ := book["cells"].([]any)
	for _, cell := range cells {
		if fields, ok := cell.(map[string]any); ok {
			dropPapermill(fields["metadata"])
			mergeStreams(fields)
		}
	}
	return encode(book)
}

// Canonical returns a notebook in the form in which Jupyter itself writes it.
func Canonical(content []byte) ([]byte, error) {
	book, err := decode(content)
	if err != nil {
		return nil, err
	}
	return encode(book)
}

// Digest is of all that decides what a notebook's cells show, in order: the sources of its code cells.
func (b Book) Digest() string {
	sum := sha256.New()
	for _, cell := range b.Cells {
		if cell.Type == "code" && !cell.Added() {
			fmt.Fprintf(sum, "%d\n%s", len(cell.Source), cell.Source)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// IsExecuted tells whether the outputs were made by the sources that stand there now.
func (b Book) IsExecuted() bool { return b.Metadata.Ours.Executed == b.Digest() }

func decode(content []byte) (book map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(&book); err != nil {
		return nil, fmt.Errorf("reading a notebook: %w", err)
	}
	return book, nil
}

func encode(book map[string]any) ([]byte, error) {
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

// mergeStreams joins what a cell printed to one stream, which came as one output a line, as Jupyter's own clients do.
func mergeStreams(cell map[string]any) {
	outputs, _ := cell["outputs"].([]any)
	last := map[string]any(nil)
	merged := slices.DeleteFunc(outputs, func(output any) bool {
		fields, _ := output.(map[string]any)
		if last != nil && fields["output_type"] == "stream" && last["output_type"] == "stream" && fields["name"] == last["name"] {
			last["text"] = lines(text(last["text"]) + text(fields["text"]))
			return true
		}
		last = fields
		return false
	})
	if outputs != nil {
		cell["outputs"] = merged
	}
}

// text returns text that is a string or a list of strings as a string.
func text(value any) string {
	var whole strings.Builder
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, part := range list {
		if part, ok := part.(string); ok {
			whole.WriteString(part)
		}
	}
	return whole.String()
}

// lines splits text as the format wants it.
func lines(text string) []any {
	var list []any
	for line := range strings.Lines(text) {
		list = append(list, line)
	}
	return list
}
