// Package complete answers an editor's completion and inspection requests, with its own gopls.
//
// gopls needs 50 to 100 MB, and most open notebooks are only read, so it starts at the first request and is stopped
// when it is idle, or when the reader writes in another notebook (gopls_turn.go). GoNB could answer these requests, too, but
// only after 12 s, and only between cells. gopls gets a file with the declarations of all cells and the cell being
// written (see cell.Declarations.Draft).
//
// The client of gopls (lsp_client.go) is hand-written. go.mod has go.lsp.dev/jsonrpc2 and go.lsp.dev/protocol, because
// GoNB uses them, but the first allocates what a message announces, up to 2 GB, both bring a second JSON package, the
// second also a logger and the types of the whole protocol, and the front would carry all of that in every open
// notebook. Six messages are needed. golang.org/x/tools has a better client, in internal packages.
package complete

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"multiprocessing/kernel/internal/cell"
)

// Gopls answers questions. Its methods may be called concurrently.
type Gopls struct {
	program string
	folder  string // GoNB's TMPDIR
	ctx     context.Context
	cancel  context.CancelFunc
	asking  sync.WaitGroup

	mu       sync.Mutex // held during a question; guards the fields below
	client   *client
	unused   *time.Timer // stops the client
	others   *time.Timer // looks whether another kernel has a client now
	file     string      // main.go of GoNB's module
	version  int         // version of file's text in gopls; 0 if it has none
	modified time.Time

	packages *cell.Packages
	turn     turn
}

const (
	firstAnswer = 20 * time.Second // timeout while gopls loads the cell's module, on a slow machine
	nextAnswer  = 2 * time.Second  // timeout of later questions, which take hundredths of a second
)

// New returns a Gopls for the kernel with that TMPDIR of GoNB's and that connection file. It starts program when it is
// first asked.
func New(program, folder, connectionFile string, packages *cell.Packages) *Gopls {
	l := &Gopls{program: program, folder: folder, packages: packages, turn: newTurn(connectionFile)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// Go calls do in a goroutine, for which Close waits.
func (l *Gopls) Go(do func()) { l.asking.Go(do) }

// Close stops gopls and waits for pending questions.
func (l *Gopls) Close() {
	l.cancel()
	l.asking.Wait()
	l.stop()
	l.turn.release()
}

// Question is the content of a complete_request or an inspect_request: a place in a cell.
type Question struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // in characters
}

// ReadQuestion reads a question. A cursor outside of the cell is put at its end.
func ReadQuestion(content json.RawMessage) (q Question, err error) {
	err = json.Unmarshal(content, &q)
	if characters := len([]rune(q.Code)); q.Cursor == nil || *q.Cursor > characters || *q.Cursor < 0 {
		q.Cursor = &characters
	}
	return q, err
}

// NoMatches returns the content of a complete_reply without matches.
func (q Question) NoMatches() map[string]any {
	return map[string]any{"status": "ok", "matches": []string{}, "cursor_start": *q.Cursor, "cursor_end": *q.Cursor, "metadata": struct{}{}}
}

// NotFound returns the content of an inspect_reply without documentation.
func (Question) NotFound() map[string]any {
	return map[string]any{"status": "ok", "found": false, "data": struct{}{}, "metadata": struct{}{}}
}

// position is a position in the language server protocol: a line and UTF-16 units, from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// at returns the position of the cursor, and whether its line is Go code.
func (q Question) at(read *cell.Cell) (p position, isGo bool) {
	before := cell.Normal(string([]rune(q.Code)[:*q.Cursor]))
	line := before[strings.LastIndexByte(before, '\n')+1:]
	p = position{strings.Count(before, "\n"), len(utf16.Encode([]rune(line)))}
	lines := strings.Split(read.Go, "\n")
	return p, p.Line < len(lines) && strings.TrimSpace(lines[p.Line]) != ""
}

// item is a completion item from gopls.
type item struct {
	SortText string `json:"sortText"`
	Kind     int    `json:"kind"`
	Detail   string `json:"detail"` // the type, or of a function its parameters and results
	TextEdit *struct {
		NewText string `json:"newText"`
		Range   struct {
			Start position `json:"start"`
			End   position `json:"end"`
		} `json:"range"`
	} `json:"textEdit"`
}

// kinds are the names of the protocol's kinds of completion items that gopls sends.
var kinds = map[int]string{
	1: "text", 2: "method", 3: "function", 5: "field", 6: "variable", 7: "class", 8: "interface", 9: "module", 14: "keyword",
	15: "snippet", 21: "constant", 22: "struct", 25: "type parameter",
}

// match is what editors show beside a match: JupyterLab the type, others also the signature.
type match struct {
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
}

// Complete returns the content of a complete_reply, without matches if gopls does not answer.
func (l *Gopls) Complete(q Question, declared cell.Declarations) map[string]any {
	answer := q.NoMatches()
	read := cell.Read(q.Code)
	at, isGo := q.at(read)
	if !isGo {
		return answer
	}
	var found struct {
		Items []item `json:"items"`
	}
	head, err := l.question(read, declared, at, "textDocument/completion", &found)
	if err != nil {
		return answer
	}
	at.Line += head
	slices.SortStableFunc(found.Items, func(a, b item) int { return cmp.Compare(a.SortText, b.SortText) })
	var texts []string
	var matches []match
	for _, item := range found.Items {
		edit := item.TextEdit
		if edit == nil || edit.Range.End != at || edit.Range.Start.Line != at.Line {
			continue // Jupyter can replace only the text before the cursor
		}
		start := *q.Cursor - (at.Character - edit.Range.Start.Character)
		if matches != nil && start != matches[0].Start || slices.Contains(texts, edit.NewText) {
			continue
		}
		texts = append(texts, edit.NewText)
		matches = append(matches, match{edit.NewText, kinds[item.Kind], item.Detail, start, *q.Cursor})
	}
	if matches != nil {
		answer["matches"], answer["cursor_start"] = texts, matches[0].Start
		answer["metadata"] = map[string]any{"_jupyter_types_experimental": matches}
	}
	return answer
}

// Inspect returns the content of an inspect_reply, with "found" false if gopls does not answer.
func (l *Gopls) Inspect(q Question, declared cell.Declarations) map[string]any {
	answer := q.NotFound()
	read := cell.Read(q.Code)
	at, isGo := q.at(read)
	if !isGo {
		return answer
	}
	var found *struct {
		Contents struct {
			Value string `json:"value"`
		} `json:"contents"`
	}
	if _, err := l.question(read, declared, at, "textDocument/hover", &found); err != nil || found == nil || found.Contents.Value == "" {
		return answer
	}
	answer["found"] = true
	answer["data"] = map[string]string{"text/markdown": found.Contents.Value, "text/plain": found.Contents.Value}
	return answer
}

// question asks gopls about a place in a cell. head is the number of lines before the cell in the file that gopls gets.
func (l *Gopls) question(read *cell.Cell, declared cell.Declarations, at position, method string, result any) (head int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := nextAnswer
	if l.version == 0 {
		wait = firstAnswer
	}
	ctx, cancel := context.WithTimeout(l.ctx, wait)
	defer cancel()
	if err := l.start(ctx); err != nil {
		return 0, err
	}
	text, head := declared.Draft(read, l.packages)
	if err := l.show(text); err != nil {
		return 0, err
	}
	at.Line += head
	return head, l.client.call(ctx, method, map[string]any{
		"textDocument": map[string]string{"uri": uri(l.file)}, "position": at,
	}, result)
}
