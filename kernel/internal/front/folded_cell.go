package front

import "strings"

// folds begins a cell that its notebook shows folded.
const folds = "// Folded: "

// showFolded publishes the first line of a folded cell as its result. JupyterLab shows no number beside a folded cell, but
// it shows one beside a result; so a reader finds the cell that an error names.
func (f *front) showFolded(c *execution) {
	first, _, _ := strings.Cut(c.code, "\n")
	what, folded := strings.CutPrefix(strings.TrimSpace(first), folds)
	if !folded || c.silent {
		return
	}
	f.publish("execute_result", c.Message, map[string]any{
		"execution_count": c.count, "metadata": struct{}{}, "data": map[string]string{"text/plain": what},
	})
}
