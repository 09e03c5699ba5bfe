package front

import (
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// isComplete tells a console whether a cell can be executed as it is: "complete", "incomplete" with the indentation of
// the line to come, or "invalid". It is indented with spaces: a terminal shows a tab as ^I.
func isComplete(code string) map[string]string {
	before, body, hasMain := splitMain(withoutCommands(code))
	state := stateOf("package p\n"+before, "")
	if hasMain && state == "complete" {
		state = stateOf("package p\nfunc _() {\n"+body, "\n}\n")
		switch {
		case strings.TrimSpace(body) == "":
			state = "incomplete" // %% alone
		case depth(body) < 0:
			state = "invalid" // it closes the bracket that is ours
		}
	}
	answer := map[string]string{"status": state}
	if state == "incomplete" {
		answer["indent"] = strings.Repeat("    ", max(0, depth(before+"\n"+body)))
	}
	return answer
}

// withoutCommands returns code with a blank line for each that is a command of GoNB's, but for the one that begins main.
func withoutCommands(code string) string {
	lines := strings.Split(code, "\n")
	if specialCell.MatchString(lines[0]) {
		return ""
	}
	continued := false
	for i, line := range lines {
		trimmed := strings.TrimPrefix(line, "//gonb:")
		isCommand := continued || strings.HasPrefix(trimmed, "%") || strings.HasPrefix(trimmed, "!")
		continued = isCommand && strings.HasSuffix(line, `\`)
		if isCommand && !beginsMain(trimmed) {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

func beginsMain(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return word == "%%" || word == "%main"
}

// splitMain splits code at the line that begins main.
func splitMain(code string) (before, body string, hasMain bool) {
	lines := strings.SplitAfter(code, "\n")
	for i, line := range lines {
		if beginsMain(strings.TrimSpace(strings.TrimPrefix(line, "//gonb:"))) {
			return strings.Join(lines[:i], ""), strings.Join(lines[i+1:], ""), true
		}
	}
	return code, "", false
}

// stateOf parses code with an end that is ours: an error there, or at the end of a comment or text that is still open,
// can be cured by what is yet to be written.
func stateOf(code, end string) string {
	if depth(code) > 0 && end == "" || depth(code) > 1 || open(code) {
		return "incomplete"
	}
	files := token.NewFileSet()
	_, err := parser.ParseFile(files, "", code+end, parser.SkipObjectResolution)
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return "complete"
	}
	if list[0].Pos.Offset >= len(strings.TrimRight(code, " \t\r\n")) {
		return "incomplete"
	}
	return "invalid"
}

// depth is how many brackets are open at the end of code.
func depth(code string) int {
	n := 0
	scan(code, func(t token.Token) {
		switch t {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			n++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			n--
		}
	}, nil)
	return n
}

// open tells whether code ends within a comment or a text in backquotes.
func open(code string) bool {
	found := false
	scan(code, nil, func(message string) {
		found = found || strings.Contains(message, "comment not terminated") || strings.Contains(message, "raw string literal not terminated")
	})
	return found
}

func scan(code string, each func(token.Token), failed func(string)) {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", files.Base(), len(code)), []byte(code), func(_ token.Position, message string) {
		if failed != nil {
			failed(message)
		}
	}, 0)
	for {
		_, t, _ := s.Scan()
		if t == token.EOF {
			return
		}
		if each != nil {
			each(t)
		}
	}
}
