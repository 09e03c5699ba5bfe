// Package star combines two arguments into one, and unwraps them again:
// slide 10's "multiple args will need to be combined into a single list,
// unwrap with *". Packages pool and process share it, so that the same items
// go to both.
package star

// Args is two arguments combined into one item.
type Args[A, B any] struct {
	A A
	B B
}

// Unwrap makes a function of two arguments one of Args.
func Unwrap[A, B, R any](f func(A, B) R) func(Args[A, B]) R {
	return func(args Args[A, B]) R { return f(args.A, args.B) }
}
