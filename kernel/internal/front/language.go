package front

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	gocell "multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/lsp"
)

// language answers an editor's completion and inspection requests, with its own gopls. gopls needs 50 to 100 MB, and most
// open notebooks are only read, so language starts it at the first request and ends it when it is idle. GoNB could answer
// these requests, too, but only after 12 s, and only between cells.
type language struct {
	folder string // GoNB's TMPDIR
	ctx    context.Context
	cancel context.CancelFunc
	asking sync.WaitGroup

	mu       sync.Mutex // held during a question; guards the fields below
	client   *lsp.Client
	unused   *time.Timer // ends the client
	others   *time.Timer // looks whether another kernel has a client now
	file     string      // main.go of GoNB's module
	version  int         // version of file's text in gopls; 0 if it has none
	modified time.Time

	packages *gocell.Packages
	turn     turn
}

const (
	firstAnswer = 20 * time.Second // timeout while gopls loads the cell's module, on a slow machine
	nextAnswer  = 2 * time.Second  // timeout of later questions, which take hundredths of a second
	// answerTimeout is the time after which a client gets an empty answer: jupyter console waits for 5 s and then reports
	// an error. A retry gets what gopls has found meanwhile.
	answerTimeout = 4 * time.Second
)

// idle is the time after the last question at which gopls ends. Starting it again takes 0.3 to 0.5 s. Tests change idle.
var idle = 10 * time.Minute

func newLanguage(folder string, packages *gocell.Packages, turn turn) *language {
	l := &language{folder: folder, packages: packages, turn: turn}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// close ends gopls and waits for pending questions.
func (l *language) close() {
	l.cancel()
	l.asking.Wait()
	l.endServer()
	l.turn.end()
}

// endServer ends gopls.
func (l *language) endServer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		l.unused.Stop()
		l.others.Stop()
		l.client.Close()
		l.client = nil
	}
}

// endInTurn ends gopls if the reader writes in another notebook now.
func (l *language) endInTurn() {
	if l.turn.lost() {
		l.endServer()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		l.others.Reset(l.turn.tick)
	}
}

// question is a place in a cell.
type question struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // in characters
}

// ask serves a complete_request or an inspect_request when gopls has answered, or with an empty answer after
// answerTimeout.
func (f *front) ask(r request) error {
	var q question
	if err := json.Unmarshal(r.Content, &q); err != nil {
		return err
	}
	characters := len([]rune(q.Code))
	if q.Cursor == nil || *q.Cursor > characters || *q.Cursor < 0 {
		q.Cursor = &characters
	}
	declared := f.declared
	nothing, find := q.noMatches(), f.language.complete
	if r.Header.Type == "inspect_request" {
		nothing, find = notFound(), f.language.inspect
	}
	answered := false
	answer := func(content map[string]any, err error) {
		if !answered {
			answered = true
			f.serve(r, func() (any, error) { return content, err })
		}
	}
	f.after(answerTimeout, func() { answer(nothing, nil) })
	f.language.asking.Go(func() {
		var content map[string]any
		err := f.try(func() error { content = find(q, declared); return nil })
		f.post(func() { answer(content, err) })
	})
	return nil
}

func (q question) noMatches() map[string]any {
	return map[string]any{"status": "ok", "matches": []string{}, "cursor_start": *q.Cursor, "cursor_end": *q.Cursor, "metadata": struct{}{}}
}

func notFound() map[string]any {
	return map[string]any{"status": "ok", "found": false, "data": struct{}{}, "metadata": struct{}{}}
}

// position is a position in the language server protocol: a line and UTF-16 units, from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// at returns the position of the cursor, and whether its line is Go code.
func (q question) at(read *gocell.Cell) (p position, isGo bool) {
	before := strings.ReplaceAll(string([]rune(q.Code)[:*q.Cursor]), "\r\n", "\n")
	line := before[strings.LastIndexByte(before, '\n')+1:]
	p = position{strings.Count(before, "\n"), len(utf16.Encode([]rune(line)))}
	lines := strings.Split(read.Go, "\n")
	return p, p.Line < len(lines) && strings.TrimSpace(lines[p.Line]) != ""
}

// completion is a completion item from gopls.
type completion struct {
	SortText string `json:"sortText"`
	TextEdit *struct {
		NewText string `json:"newText"`
		Range   struct {
			Start position `json:"start"`
			End   position `json:"end"`
		} `json:"range"`
	} `json:"textEdit"`
}

func (l *language) complete(q question, declared gocell.Store) map[string]any {
	answer := q.noMatches()
	read := gocell.Read(q.Code)
	at, isGo := q.at(read)
	if !isGo {
		return answer
	}
	var found struct {
		Items []completion `json:"items"`
	}
	head, err := l.question(read, declared, at, "textDocument/completion", &found)
	if err != nil {
		return answer
	}
	at.Line += head
	slices.SortStableFunc(found.Items, func(a, b completion) int { return cmp.Compare(a.SortText, b.SortText) })
	var matches []string
	length := -1
	for _, item := range found.Items {
		edit := item.TextEdit
		if edit == nil || edit.Range.End != at || edit.Range.Start.Line != at.Line {
			continue // Jupyter can replace only the text before the cursor
		}
		n := at.Character - edit.Range.Start.Character
		if length >= 0 && n != length || slices.Contains(matches, edit.NewText) {
			continue
		}
		length = n
		matches = append(matches, edit.NewText)
	}
	if matches != nil {
		answer["matches"], answer["cursor_start"] = matches, *q.Cursor-length
	}
	return answer
}

func (l *language) inspect(q question, declared gocell.Store) map[string]any {
	answer := notFound()
	read := gocell.Read(q.Code)
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
func (l *language) question(read *gocell.Cell, declared gocell.Store, at position, method string, result any) (head int, err error) {
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
	return head, l.client.Call(ctx, method, map[string]any{
		"textDocument": map[string]string{"uri": uri(l.file)}, "position": at,
	}, result)
}

// start starts gopls for GoNB's module, if it does not run.
func (l *language) start(ctx context.Context) error {
	l.turn.take()
	if l.client != nil && !l.client.Closed() {
		l.unused.Reset(idle)
		return nil
	}
	folder, err := gonb.Folder(l.folder)
	if err != nil {
		return err
	}
	program, err := besideUs(filepath.Join("..", "gopls"))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(l.ctx, program) // with a context, because writing to a gopls that hangs blocks
	cmd.Dir = folder
	// The last three are for gopls only: no second process for telemetry, and no garbage collection below 150 MiB.
	cmd.Env = append(os.Environ(), "TMPDIR="+l.folder, "GO_TELEMETRY_CHILD=2", "GOGC=off", "GOMEMLIMIT=150MiB")
	if l.client, err = lsp.Start(cmd); err != nil {
		return err
	}
	l.unused = time.AfterFunc(idle, l.endServer)
	l.others = time.AfterFunc(l.turn.tick, l.endInTurn)
	if err := l.initialize(ctx, folder); err != nil {
		l.client.Close() // the next question starts gopls again
		return err
	}
	return nil
}

func (l *language) initialize(ctx context.Context, folder string) error {
	l.file, l.version = filepath.Join(folder, "main.go"), 0
	var capabilities json.RawMessage
	err := l.client.Call(ctx, "initialize", map[string]any{
		"processId":        os.Getpid(),
		"rootUri":          uri(folder),
		"workspaceFolders": []map[string]string{{"uri": uri(folder), "name": "cell"}},
		"capabilities": map[string]any{"textDocument": map[string]any{
			"hover": map[string]any{"contentFormat": []string{"markdown"}},
		}},
		"initializationOptions": map[string]any{
			"matcher": "CaseInsensitive", "deepCompletion": false, "diagnosticsDelay": "1h", "completionBudget": "250ms",
		},
	}, &capabilities)
	if err != nil {
		return err
	}
	return l.client.Notify("initialized", struct{}{})
}

// show sends gopls the text of main.go, and notifies it if a cell has changed go.mod.
func (l *language) show(text string) error {
	module := filepath.Join(filepath.Dir(l.file), "go.mod")
	if info, err := os.Stat(module); err == nil && !info.ModTime().Equal(l.modified) {
		if !l.modified.IsZero() {
			if err := l.client.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []map[string]any{{"uri": uri(module), "type": 2}}}); err != nil {
				return err
			}
		}
		l.modified = info.ModTime()
	}
	l.version++
	if l.version == 1 {
		// Replace the last cell's cell.go, so that gopls does not take it for a second file of the program.
		other := map[string]any{"uri": uri(filepath.Join(filepath.Dir(l.file), "cell.go")), "languageId": "go", "version": 1, "text": "package main\n"}
		if err := l.client.Notify("textDocument/didOpen", map[string]any{"textDocument": other}); err != nil {
			return err
		}
		return l.client.Notify("textDocument/didOpen", map[string]any{
			"textDocument": map[string]any{"uri": uri(l.file), "languageId": "go", "version": l.version, "text": text},
		})
	}
	return l.client.Notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri(l.file), "version": l.version},
		"contentChanges": []map[string]string{{"text": text}},
	})
}

func uri(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }
