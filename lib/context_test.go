package lib_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/message"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/process"
	"multiprocessing/lib/python"
	"multiprocessing/lib/serial"
	"multiprocessing/lib/workload/download"
	"multiprocessing/lib/workload/query"
)

var (
	half = process.Register("half", func(n int) int { return n / 2 })
	sum  = process.Register("sum", func(a process.Args[int, int]) int { return a.A + a.B })
)

func drain[V any](all iter.Seq2[V, error]) {
	for range all {
	}
}

// withContext calls every function of the library that takes a context with
// ctx. The keys are as exportedWithContext has them.
func withContext(t *testing.T, ctx context.Context) map[string]func() {
	q := message.NewQueue[int](1)
	a, b := message.NewPipe[int, int]()
	p := pool.New(1)
	t.Cleanup(func() { q.Discard(); a.Close(); b.Close(); p.Close() })
	workers := new(process.Pool)
	var db *query.DB
	return map[string]func(){
		"message.Queue.PutContext":  func() { q.PutContext(ctx, 1) },
		"message.Queue.GetContext":  func() { q.GetContext(ctx) },
		"message.End.SendContext":   func() { a.SendContext(ctx, 1) },
		"message.End.RecvContext":   func() { b.RecvContext(ctx) },
		"goroutine.MapErr":          func() { goroutine.MapErr(ctx, []int{1}, func(context.Context, int) (int, error) { return 0, nil }) },
		"serial.MapErr":             func() { serial.MapErr(ctx, []int{1}, func(context.Context, int) (int, error) { return 0, nil }) },
		"pool.MapErr":               func() { pool.MapErr(ctx, p, []int{1}, func(context.Context, int) (int, error) { return 0, nil }) },
		"pool.AsyncResult.Get":      func() { new(pool.AsyncResult[int]).Get(ctx) },
		"process.AsyncResult.Get":   func() { new(process.AsyncResult[int]).Get(ctx) },
		"process.NewPool":           func() { process.NewPool(ctx, 1) },
		"process.Map":               func() { process.Map(ctx, workers, []int{1}, half) },
		"process.MapAsync":          func() { process.MapAsync(ctx, workers, []int{1}, half) },
		"process.ApplyAsync":        func() { process.ApplyAsync(ctx, workers, 1, half) },
		"process.Apply":             func() { process.Apply(ctx, workers, 1, half) },
		"process.Starmap":           func() { process.Starmap(ctx, workers, []process.Args[int, int]{{}}, sum) },
		"process.Imap":              func() { drain(process.Imap(ctx, workers, slices.Values([]int{1}), half)) },
		"process.ImapUnordered":     func() { drain(process.ImapUnordered(ctx, workers, slices.Values([]int{1}), half)) },
		"process.Process.Start":     func() { process.New(half, 1).Start(ctx) },
		"process.Process.Join":      func() { process.New(half, 1).Join(ctx) },
		"cluster.Map":               func() { cluster.Map(ctx, nil, []int{1}, half) },
		"cluster.Open":              func() { cluster.Open(ctx, cluster.Config{}) },
		"cluster.StartNodes":        func() { cluster.StartNodes(ctx, 1) },
		"cluster.Cluster.DeleteJob": func() { new(cluster.Cluster).DeleteJob(ctx, "job") },
		"cluster.RunWorker":         func() { cluster.RunWorker(ctx, cluster.Config{URL: "nats://127.0.0.1:1"}) },
		"python.Deck":               func() { python.Deck(ctx, python.Serial, 1, 1, 1) },
		"python.Script":             func() { python.Script(ctx, "") },
		"python.ScriptReport":       func() { python.ScriptReport(ctx, new(int), "print(1)") },
		"python.Messages":           func() { python.Messages(ctx, python.ThreadQueue, 1, 1, 1) },
		"python.Starts":             func() { python.Starts(ctx, 1, 1) },
		"python.FreeThreaded":       func() { python.FreeThreaded(ctx) },
		"python.Memory":             func() { python.Memory(ctx, 1) },
		"python.ThreadTrace":        func() { python.ThreadTrace(ctx, 1, time.Millisecond, time.Millisecond) },
		"download.Get":              func() { download.Get(ctx, download.File{}) },
		"download.Serial":           func() { download.Serial(ctx, nil) },
		"download.All":              func() { download.All(ctx, nil, 1) },
		"query.Open":                func() { query.Open(ctx, 1) },
		"query.DB.Engine":           func() { db.Engine(ctx) },
		"query.DB.Answer":           func() { db.Answer(ctx, query.Question{}) },
		"query.DB.Serial":           func() { db.Serial(ctx, nil) },
	}
}

func TestEveryFunctionThatTakesAContextPanicsWithoutOne(t *testing.T) {
	calls := withContext(t, nil)
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			pkg, _, _ := strings.Cut(name, ".")
			function := name[strings.LastIndexByte(name, '.')+1:]
			want := pkg + ": " + function + ": ctx must not be nil; pass context.Background()"
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			call()
		})
	}
	for _, name := range exportedWithContext(t) {
		if calls[name] == nil {
			t.Errorf("%s takes a context and is not in the table", name)
		}
	}
}

// exportedWithContext lists the library's exported functions and methods with
// a parameter of type context.Context, as "package.Type.Method".
func exportedWithContext(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"internal", "testdata"}, d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil || file.Name.Name == "main" {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && takesContext(f.Type) {
				found[file.Name.Name+"."+receiver(f)+f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

func takesContext(f *ast.FuncType) bool {
	return slices.ContainsFunc(f.Params.List, func(p *ast.Field) bool {
		s, ok := p.Type.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Context" && fmt.Sprint(s.X) == "context"
	})
}

// receiver is "Queue." for a method of a *Queue[T], and empty for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name + "."
		}
		return true
	})
	return name
}
