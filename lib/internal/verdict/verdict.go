// Package verdict has the words of the column "verdict" of package timing, for
// those who write it and those who read it: tables mark rows by it, charts and
// fits leave rows out.
package verdict

import (
	"fmt"
	"strings"
)

// Separator stands between the parts of a verdict.
const Separator = "; "

// Parts of a verdict.
const (
	Base    = "base"
	Crowded = "more workers than cores"
)

// bad begins the parts that say that a row is not a result.
var bad = []string{"wrong", "failed", "panicked", "did not return", "not run"}

// IsBase reports whether the row is one that others are compared with.
func IsBase(verdict string) bool {
	return verdict == Base || strings.HasPrefix(verdict, Base+Separator)
}

// IsBad reports whether the row has failed or its answer is wrong.
func IsBad(verdict string) bool { return begins(verdict, bad...) }

// IsWrong reports whether the row's answer is wrong.
func IsWrong(verdict string) bool { return begins(verdict, "wrong") }

// IsCrowded reports whether the row had more workers than cores.
func IsCrowded(verdict string) bool { return begins(verdict, Crowded) }

func begins(verdict string, words ...string) bool {
	for part := range strings.SplitSeq(verdict, Separator) {
		for _, word := range words {
			if strings.HasPrefix(part, word) {
				return true
			}
		}
	}
	return false
}

// free are the ends of what Busy says, for one core and for several.
var free = []string{" core was free", " cores were free"}

// Busy says that only a part of the cores was free: "0.9 of 2 cores were free".
func Busy(cores float64, of int) string {
	return fmt.Sprintf("%.1f of %d%s", cores, of, free[min(of-1, 1)])
}

// FindBusy returns that part of a verdict, "" if the cores were free.
func FindBusy(verdict string) string {
	for part := range strings.SplitSeq(verdict, Separator) {
		if strings.HasSuffix(part, free[0]) || strings.HasSuffix(part, free[1]) {
			return part
		}
	}
	return ""
}

// NotAResult is what a picture says of figures from a busy machine.
func NotAResult(busy string) string { return busy + ": not a result" }
