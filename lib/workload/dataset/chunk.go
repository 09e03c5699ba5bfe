package dataset

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
)

// Chunk is a part of a file, the task of one worker: the bytes From to To-1,
// which begin and end where lines do.
type Chunk struct {
	Path     string
	From, To int64
}

// Split cuts the rows of the file at path, without its header, into at most
// so many chunks of about the same number of bytes. It reads a few bytes at
// each cut only. The error says why the file cannot be read. It panics if
// chunks is below 1.
func Split(path string, chunks int) ([]Chunk, error) {
	if chunks < 1 {
		panic(fmt.Sprintf("dataset: Split: chunks must be at least 1, got %d", chunks))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: splitting the data: %w; make it with File", err)
	}
	defer f.Close()
	parts, err := split(f, chunks)
	if err != nil {
		return nil, fmt.Errorf("dataset: splitting %s: %w", path, err)
	}
	return parts, nil
}

func split(f *os.File, chunks int) ([]Chunk, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start, err := lineStart(f, 1, info.Size()) // after the header
	if err != nil {
		return nil, err
	}
	var parts []Chunk
	whole, from := info.Size()-start, start
	for i := 1; i <= chunks && from < info.Size(); i++ {
		share := whole/int64(chunks)*int64(i) + whole%int64(chunks)*int64(i)/int64(chunks)
		to, err := lineStart(f, max(from+1, start+share), info.Size())
		if err != nil {
			return nil, err
		}
		parts = append(parts, Chunk{f.Name(), from, to})
		from = to
	}
	return parts, nil
}

// lineStart returns the first position at or after the given one where a
// line begins, or the size of the file.
func lineStart(f *os.File, position, size int64) (int64, error) {
	position-- // a line may begin here, if the byte before ends one
	r := bufio.NewReaderSize(io.NewSectionReader(f, position, size-position), 256)
	for {
		part, err := r.ReadSlice('\n')
		position += int64(len(part))
		switch err {
		case nil, io.EOF:
			return position, nil
		case bufio.ErrBufferFull:
		default:
			return 0, err
		}
	}
}

// Rows returns the rows of the chunk, one after the other; no more than one
// is in memory. After an error there are no more. Ranging over it opens the
// file, and closes it again.
func (c Chunk) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		err := c.scan(func(line []byte) (more bool, err error) {
			row, err := parse(line)
			if err != nil {
				return false, err
			}
			return yield(row, nil), nil
		})
		if err != nil {
			yield(Row{}, err)
		}
	}
}

// scan calls f with every line of the chunk while f wants more.
func (c Chunk) scan(f func(line []byte) (more bool, err error)) error {
	file, err := os.Open(c.Path)
	if err != nil {
		return fmt.Errorf("dataset: reading a chunk: %w; make the data with File", err)
	}
	defer file.Close()
	position := c.From
	lines := bufio.NewScanner(io.NewSectionReader(file, c.From, c.To-c.From))
	for lines.Scan() {
		more, err := f(lines.Bytes())
		if err != nil {
			return fmt.Errorf("dataset: %s, byte %d: %w", c.Path, position, err)
		}
		if !more {
			return nil
		}
		position += int64(len(lines.Bytes())) + 1
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("dataset: %s, byte %d: %w", c.Path, position, err)
	}
	return nil
}

// makes finds the string for the bytes of a make without allocating one.
var makes = func() map[string]string {
	m := map[string]string{}
	for _, name := range Makes {
		m[name] = name
	}
	return m
}()

// parse reads one line. Package encoding/csv is ready for quotes, which are
// not here, and takes as long for the strings alone as this does with their
// numbers (BenchmarkParse).
func parse(line []byte) (Row, error) {
	var fields [5][]byte
	rest, found := line, true
	for i := range fields {
		if !found {
			return Row{}, fmt.Errorf("the line %q has %d fields, not %d", line, i, len(fields))
		}
		fields[i], rest, found = bytes.Cut(rest, []byte(","))
	}
	if found {
		return Row{}, fmt.Errorf("the line %q has more than %d fields", line, len(fields))
	}
	row := Row{Make: makes[string(fields[1])]}
	if row.Make == "" {
		row.Make = string(fields[1])
	}
	var err error
	row.ID = number(fields[0], &err)
	row.Year = number(fields[2], &err)
	row.Miles = number(fields[3], &err)
	row.Price = number(fields[4], &err)
	if err != nil {
		return Row{}, fmt.Errorf("the line %q: %w", line, err)
	}
	return row, nil
}

// number puts the first error of several calls into err.
func number(field []byte, err *error) int {
	n, wrong := strconv.Atoi(string(field))
	if wrong != nil && *err == nil {
		*err = wrong
	}
	return n
}
