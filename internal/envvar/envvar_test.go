package envvar

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// streams are NATS's names, not variables.
var streams = []string{"MULTIPROCESSING_WORK", "MULTIPROCESSING_DONE", "MULTIPROCESSING_JOBS"}

func TestEveryVariableIsNamedInOnePlace(t *testing.T) {
	for _, root := range []string{"../../kernel", "../../lib"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.Name() == "testdata" {
				return filepath.SkipDir
			}
			if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				text, isLiteral := n.(*ast.BasicLit)
				if isLiteral && text.Kind == token.STRING && variable(text.Value) {
					t.Errorf("%s has %s; use package envvar", path, text.Value)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func variable(literal string) bool {
	for _, stream := range streams {
		literal = strings.ReplaceAll(literal, `"`+stream+`"`, "")
	}
	return strings.Contains(literal, "MULTIPROCESSING_") || strings.Contains(literal, "JPY_SESSION_NAME")
}
