package complete

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"multiprocessing/kernel/internal/gonb"
)

// idle is the time after the last question at which gopls ends. Starting it again takes 0.3 to 0.5 s. Tests change idle.
var idle = 10 * time.Minute

// stop stops gopls.
func (l *Gopls) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		l.unused.Stop()
		l.others.Stop()
		l.client.close()
		l.client = nil
	}
}

// stopInTurn stops gopls if the reader writes in another notebook now.
func (l *Gopls) stopInTurn() {
	if l.turn.lost() {
		l.stop()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		l.others.Reset(l.turn.tick)
	}
}

// start starts gopls for GoNB's module, if it does not run.
func (l *Gopls) start(ctx context.Context) error {
	l.turn.take()
	if l.client != nil && !l.client.hasExited() {
		l.unused.Reset(idle)
		return nil
	}
	folder, err := gonb.Folder(l.folder)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(l.ctx, l.program) // with a context, because writing to a gopls that hangs blocks
	cmd.Dir = folder
	// The last three are for gopls only: no second process for telemetry, and no garbage collection below 150 MiB.
	cmd.Env = append(os.Environ(), "TMPDIR="+l.folder, "GO_TELEMETRY_CHILD=2", "GOGC=off", "GOMEMLIMIT=150MiB")
	if l.client, err = startServer(cmd); err != nil {
		return err
	}
	l.unused = time.AfterFunc(idle, l.stop)
	l.others = time.AfterFunc(l.turn.tick, l.stopInTurn)
	if err := l.initialize(ctx, folder); err != nil {
		l.client.close() // the next question starts gopls again
		return err
	}
	return nil
}

func (l *Gopls) initialize(ctx context.Context, folder string) error {
	l.file, l.version = filepath.Join(folder, "main.go"), 0
	var capabilities json.RawMessage
	err := l.client.call(ctx, "initialize", map[string]any{
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
	return l.client.notify("initialized", struct{}{})
}

// show sends gopls the text of main.go, and notifies it if a cell has changed go.mod.
func (l *Gopls) show(text string) error {
	module := filepath.Join(filepath.Dir(l.file), "go.mod")
	if info, err := os.Stat(module); err == nil && !info.ModTime().Equal(l.modified) {
		if !l.modified.IsZero() {
			if err := l.client.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []map[string]any{{"uri": uri(module), "type": 2}}}); err != nil {
				return err
			}
		}
		l.modified = info.ModTime()
	}
	l.version++
	if l.version == 1 {
		// Replace the last cell's cell.go, so that gopls does not take it for a second file of the program.
		other := map[string]any{"uri": uri(filepath.Join(filepath.Dir(l.file), "cell.go")), "languageId": "go", "version": 1, "text": "package main\n"}
		if err := l.client.notify("textDocument/didOpen", map[string]any{"textDocument": other}); err != nil {
			return err
		}
		return l.client.notify("textDocument/didOpen", map[string]any{
			"textDocument": map[string]any{"uri": uri(l.file), "languageId": "go", "version": l.version, "text": text},
		})
	}
	return l.client.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri(l.file), "version": l.version},
		"contentChanges": []map[string]string{{"text": text}},
	})
}

func uri(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }
