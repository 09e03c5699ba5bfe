package front

import (
	"encoding/json"
	"path"
	"slices"
)

// historyLimit is of the cells that are remembered, in number and in bytes. They are kept in memory alone: nobody else
// is to read what a reader has typed, and a new kernel knows nothing of the old.
const (
	historyLimit = 1000
	historyBytes = 4 << 20
)

// history is what was executed in this kernel.
type history struct {
	entries []entry
	bytes   int
}

type entry struct {
	count int
	code  string
}

func (h *history) add(count int, code string) {
	h.entries = append(h.entries, entry{count, code})
	h.bytes += len(code)
	for len(h.entries) > historyLimit || h.bytes > historyBytes && len(h.entries) > 1 {
		h.bytes -= len(h.entries[0].code)
		h.entries = slices.Delete(h.entries, 0, 1)
	}
}

// code returns the source of In [count], or nothing when it is no longer remembered.
func (h *history) code(count int) string {
	for _, e := range slices.Backward(h.entries) {
		if e.count == count {
			return e.code
		}
	}
	return ""
}

// historyRequest is the content of a history_request.
type historyRequest struct {
	Output  bool   `json:"output"`
	Type    string `json:"hist_access_type"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    int    `json:"stop"`
	N       int    `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

func (h *history) answer(content json.RawMessage) (any, error) {
	var want historyRequest
	if err := json.Unmarshal(content, &want); err != nil {
		return nil, err
	}
	list := []any{} // of session, line, and source or source and output
	for _, e := range h.find(want) {
		if want.Output {
			list = append(list, []any{1, e.count, []any{e.code, nil}})
		} else {
			list = append(list, []any{1, e.count, e.code})
		}
	}
	return map[string]any{"status": "ok", "history": list}, nil
}

// find returns the entries that a client wants. There is one session, number 1; 0 and -0 are the current one too.
func (h *history) find(want historyRequest) []entry {
	found := h.entries
	switch want.Type {
	case "range":
		found = nil
		for _, e := range h.entries {
			if want.Session <= 1 && e.count >= want.Start && (want.Stop <= 0 || e.count < want.Stop) {
				found = append(found, e)
			}
		}
		return found
	case "search":
		found = h.search(want.Pattern, want.Unique)
	}
	if want.N > 0 && len(found) > want.N {
		found = found[len(found)-want.N:]
	}
	return found
}

// search finds sources by a pattern with * and ?. Of equal ones, unique keeps the last.
func (h *history) search(pattern string, unique bool) []entry {
	if pattern == "" {
		pattern = "*"
	}
	var found []entry
	for _, e := range h.entries {
		if !matches(pattern, e.code) {
			continue
		}
		if unique {
			found = slices.DeleteFunc(found, func(old entry) bool { return old.code == e.code })
		}
		found = append(found, e)
	}
	return found
}

// matches reports whether text matches pattern, in which * stands for anything, also for a slash.
func matches(pattern, text string) bool {
	hide := func(s string) string {
		out := []rune(s)
		for i, r := range out {
			if r == '/' {
				out[i] = 0
			}
		}
		return string(out)
	}
	ok, err := path.Match(hide(pattern), hide(text))
	return err == nil && ok
}
