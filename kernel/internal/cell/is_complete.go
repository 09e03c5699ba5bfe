package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// Status reports whether a console can execute the cell: "complete", "incomplete", or "invalid". depth is the number of
// brackets that are still open at its end.
func (c *Cell) Status() (status string, depth int) {
	before, body := c.Go, ""
	if c.Main >= 0 {
		before, body = c.Go[:c.Main], c.Go[c.Main:]
	}
	outside, inside := brackets(before), brackets(body)
	depth = max(0, outside+inside)
	_, err := c.Parse(Origin{})
	end := strings.TrimRight(c.Go, " \t\r\n")
	switch e, _ := err.(*SyntaxError); {
	case outside > 0 || c.Open:
		return "incomplete", depth
	case c.Main >= 0 && inside < 0:
		return "invalid", depth // it closes the brace of func main
	case inside > 0 || e == nil && c.Main >= 0 && strings.TrimSpace(body) == "":
		return "incomplete", depth // %% alone, too
	case e == nil:
		return "complete", depth
	case e.offset >= len(end): // the error is at the end: more input may fix it
		return "incomplete", depth
	}
	return "invalid", depth
}

// brackets returns the number of unclosed brackets in source; below 0 if more are closed than opened.
func brackets(source string) (n int) {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", files.Base(), len(source)), []byte(source), nil, 0)
	for {
		switch _, t, _ := s.Scan(); t {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			n++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			n--
		case token.EOF:
			return n
		}
	}
}
