package front

import (
	"encoding/json"
	"path"
	"slices"
)

// Limits of the stored history. It is stored only in memory: other users must not read it, and a new kernel starts
// without it.
const (
	historyLimit = 1000    // cells
	historyBytes = 4 << 20 // total size of their code
)

// history is the code of the cells that were executed in this kernel.
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

// code returns the source of In [count], or "" if it is no longer stored.
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

// find returns the entries that match a request. There is one session, number 1; 0 also means the current session.
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

// search finds sources by a pattern with * and ?. With unique it returns only the last of equal sources.
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

// matches reports whether text matches pattern, in which * matches any text, including slashes.
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
