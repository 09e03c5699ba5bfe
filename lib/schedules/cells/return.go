package cells

// Return1 returns a function that writes the named result that p points to, and returns the value. A nil pointer is a result
// that is not shared.
func Return1[A any](p *A, name string) func(A) A {
	return func(a A) A {
		if p != nil {
			Set(p, name)(a)
		}
		return a
	}
}

// Return2 is Return1 for two results.
func Return2[A, B any](p *A, name string, q *B, other string) func(A, B) (A, B) {
	return func(a A, b B) (A, B) { return Return1(p, name)(a), Return1(q, other)(b) }
}

// Return3 is Return1 for three results.
func Return3[A, B, C any](p *A, name1 string, q *B, name2 string, r *C, name3 string) func(A, B, C) (A, B, C) {
	return func(a A, b B, c C) (A, B, C) {
		return Return1(p, name1)(a), Return1(q, name2)(b), Return1(r, name3)(c)
	}
}

// Return4 is Return1 for four results.
func Return4[A, B, C, D any](p *A, name1 string, q *B, name2 string, r *C, name3 string, s *D, name4 string) func(A, B, C, D) (A, B, C, D) {
	return func(a A, b B, c C, d D) (A, B, C, D) {
		return Return1(p, name1)(a), Return1(q, name2)(b), Return1(r, name3)(c), Return1(s, name4)(d)
	}
}
