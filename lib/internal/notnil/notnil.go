// Package notnil panics when a function is called with a nil that it cannot
// work with.
package notnil

import "context"

// Context panics if ctx is nil. The function is named with its package, as
// "message: GetContext".
func Context(ctx context.Context, function string) {
	if ctx == nil {
		panic(function + ": ctx must not be nil; pass context.Background()")
	}
}
