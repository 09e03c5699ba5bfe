package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// Parameter is a variable whose comment names its limits, as in
//
//	var workers = 2 // how many goroutines; 1 to 64
//
// The package for papermill reads them in the same way, and more of them.
type Parameter struct {
	Name, Value string
	Type        string // as far as it shows; "" or else
	Limits      string // from 1 to 64; one of "a", "b"; or true or false
	Of          string // the type of the limits, as far as it shows

	typed bool // not by a literal alone, which has the type that Go gives it
}

var (
	rangeOf       = regexp.MustCompile(`^(?:from )?(-?[\d.]\S*) to (-?[\d.]\S*?)(?: ?%| [^\W\d]\w*)?$`)
	clauseOf      = regexp.MustCompile(`(?:"(?:[^"\\]|\\.)*"|[^;"]|")+`) // a semicolon within quotes belongs to a choice
	parameterLine = regexp.MustCompile(`^\s*(?:var\s+)?(\w+)(?:\s+[\w.\[\]]+)?\s*=\s*([^=].*?)?\s*//\s*(.*?)\s*$`)
)

// Parameters returns the parameters that are declared.
func (s Declarations) Parameters() (all []Parameter) {
	for _, d := range s.declarations {
		if p, ok := d.parameter(); ok {
			all = append(all, p)
		}
	}
	return all
}

// Parameter returns the parameter of that name.
func (s Declarations) Parameter(name string) (p Parameter, found bool) {
	if d, _ := s.find(name); d != nil {
		return d.parameter()
	}
	return p, false
}

func (d *declaration) parameter() (p Parameter, ok bool) {
	if d.kind != token.VAR || len(d.names) != 1 {
		return p, false
	}
	if p.Limits, p.Of = limits(d.comment); p.Limits == "" {
		return p, false
	}
	p.Name = d.names[0].text
	file, err := parser.ParseFile(token.NewFileSet(), "", clause+d.text(), 0)
	if err != nil || len(file.Decls) != 1 {
		return p, false
	}
	spec := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
	text := func(from, to ast.Node) string { return (clause + d.text())[from.Pos()-1 : to.End()-1] }
	if n := len(spec.Values); n > 0 {
		p.Value = text(spec.Values[0], spec.Values[n-1])
		if n == 1 { // and not 0,5
			p.Type = typeOf(spec.Values[0])
		}
		_, p.typed = spec.Values[0].(*ast.CallExpr)
	}
	if spec.Type != nil {
		p.Type, p.typed = text(spec.Type, spec.Type), true
	}
	return p, true
}

// Misfit reports whether a parameter has another type than it had before it was declared again, or else than its limits.
// want is the type that it should have.
func (p Parameter) Misfit(before Parameter) (want string, misfit bool) {
	if before.Type != "" && before.Value != p.Value {
		return before.Type, p.Type != "" && p.Type != before.Type
	}
	return p.Of, p.Of != "" && p.Type != "" && p.Type != p.Of && !p.typed
}

// ParameterOn returns the parameter that a line of a cell declares, which may be no Go.
func ParameterOn(line string) (p Parameter, found bool) {
	match := parameterLine.FindStringSubmatch(line)
	if match == nil {
		return p, false
	}
	p.Name, p.Value = match[1], match[2]
	p.Limits, p.Of = limits(match[3])
	return p, p.Limits != ""
}

// limits reads the last part of a comment that names some; of is the type that they have in Go.
func limits(comment string) (text, of string) {
	for _, part := range slices.Backward(clauseOf.FindAllString(comment, -1)) {
		if text, of = limitsIn(strings.TrimSuffix(strings.TrimSpace(part), ".")); text != "" {
			return text, of
		}
	}
	return "", ""
}

func limitsIn(part string) (text, of string) {
	if part == "true or false" {
		return part, "bool"
	}
	if choices, found := strings.CutPrefix(part, "one of "); found && strings.Contains(choices, ",") {
		first, _, _ := strings.Cut(choices, ",")
		return part, typeOf(expression(first))
	}
	if match := rangeOf.FindStringSubmatch(part); match != nil {
		low, high := typeOf(expression(match[1])), typeOf(expression(match[2]))
		if low == "int" && high == "float64" {
			low = high
		}
		return "from " + strings.TrimPrefix(part, "from "), low
	}
	return "", ""
}

func expression(text string) ast.Expr {
	e, err := parser.ParseExpr(text)
	if err != nil {
		return nil
	}
	return e
}

// typeOf is an expression's type, as far as it shows; "" or else.
func typeOf(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.BasicLit:
		return map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.STRING: "string", token.CHAR: "rune"}[e.Kind]
	case *ast.ParenExpr:
		return typeOf(e.X)
	case *ast.UnaryExpr:
		return typeOf(e.X)
	case *ast.BinaryExpr:
		if x := typeOf(e.X); x == typeOf(e.Y) && e.Op.Precedence() > token.EQL.Precedence() {
			return x
		}
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			return "bool"
		}
	case *ast.CompositeLit:
		return types.ExprString(e.Type)
	case *ast.CallExpr: // a conversion
		if name, ok := e.Fun.(*ast.Ident); ok && types.Universe.Lookup(name.Name) != nil {
			if _, isType := types.Universe.Lookup(name.Name).(*types.TypeName); isType {
				return name.Name
			}
		}
	}
	return ""
}
