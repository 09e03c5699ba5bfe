package front

import "strings"

// folds begins a cell that its notebook shows folded.
const folds = "// Folded: "

// showFolded publishes a result of a folded cell. JupyterLab shows the first line of such a cell and no number beside it,
// but a number beside a result; so a reader finds the cell that an error names.
func (f *front) showFolded(c *execution) {
	if c.silent || !strings.HasPrefix(strings.TrimSpace(c.code), folds) {
		return
	}
	f.publish("execute_result", c.Message, map[string]any{
		"execution_count": c.count, "metadata": struct{}{}, "data": map[string]string{"text/plain": "ready"},
	})
}
