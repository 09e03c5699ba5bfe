package kerneltest

import (
	"slices"
	"strings"

	"multiprocessing/kernel/coursebook"
)

// Cell returns the cell of that ID, or an empty one.
func Cell(book coursebook.Book, id string) coursebook.Cell {
	i := slices.IndexFunc(book.Cells, func(c coursebook.Cell) bool { return c.ID == id })
	if i < 0 {
		return coursebook.Cell{}
	}
	return book.Cells[i]
}

// IsHead tells whether a cell is of those that a reader runs first: parameters, as they stand or as papermill gave
// them, imports, and the folded cells of helpers.
func IsHead(cell coursebook.Cell) bool {
	return slices.Contains(cell.Metadata.Tags, "parameters") || slices.Contains(cell.Metadata.Tags, "injected-parameters") ||
		strings.Contains(string(cell.Source), "func init_parameters()") || cell.Metadata.Jupyter.SourceHidden
}

// Plain is a code cell as a notebook has it that was never executed.
func Plain(cell coursebook.Cell) map[string]any {
	return map[string]any{"cell_type": "code", "id": cell.ID, "source": string(cell.Source), "outputs": []any{},
		"execution_count": nil, "metadata": map[string]any{"tags": append([]string{}, cell.Metadata.Tags...)}}
}
