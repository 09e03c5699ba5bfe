// Package reason makes one line of an error or of a program's output, for a message that says what was being done.
package reason

import (
	"errors"
	"io/fs"
	"net"
	"strings"
)

// Of returns the cause of err, without the path or the address that the message names.
func Of(err error) error {
	var path *fs.PathError
	var op *net.OpError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &op):
		return op.Err
	}
	return err
}

// LastLine returns the last line of text that is not empty.
func LastLine(text string) string {
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
