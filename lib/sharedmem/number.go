package sharedmem

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// Number is what can be shared: the integers and floats of 4 or 8 bytes,
// which are those that the processor can change in one step.
type Number interface {
	~int | ~int32 | ~int64 | ~uint | ~uint32 | ~uint64 | ~float32 | ~float64
}

// isFloat reports whether T has fractions.
func isFloat[T Number]() bool { return T(1)/T(2) != 0 }

// toBits and fromBits turn a number into a word and back. An integer of
// either sign is itself, modulo 2^64: so adding words adds integers.
func toBits[T Number](v T) uint64 {
	if isFloat[T]() {
		return math.Float64bits(float64(v))
	}
	return uint64(v)
}

func fromBits[T Number](bits uint64) T {
	if isFloat[T]() {
		return T(math.Float64frombits(bits))
	}
	return T(bits)
}

// addBits adds delta to the number in a word, and returns the new one. Of
// floats there is no atomic addition: try until nobody came between.
func addBits[T Number](word *atomic.Uint64, delta T) T {
	if !isFloat[T]() {
		return T(word.Add(uint64(delta)))
	}
	for {
		old := word.Load()
		sum := fromBits[T](old) + delta
		if word.CompareAndSwap(old, toBits(sum)) {
			return sum
		}
	}
}

// The same on numbers that lie in memory as they are, as in an Array.

func isWide[T Number]() bool { return unsafe.Sizeof(T(0)) == 8 }

func word64[T Number](p *T) *uint64 { return (*uint64)(unsafe.Pointer(p)) }
func word32[T Number](p *T) *uint32 { return (*uint32)(unsafe.Pointer(p)) }

// rawBits are the bits of v as they lie in memory.
func rawBits[T Number](v T) uint64 {
	if isWide[T]() {
		return *word64(&v)
	}
	return uint64(*word32(&v))
}

func fromRaw[T Number](bits uint64) (v T) {
	if isWide[T]() {
		*word64(&v) = bits
	} else {
		*word32(&v) = uint32(bits)
	}
	return v
}

func loadAt[T Number](p *T) T {
	if isWide[T]() {
		return fromRaw[T](atomic.LoadUint64(word64(p)))
	}
	return fromRaw[T](uint64(atomic.LoadUint32(word32(p))))
}

func storeAt[T Number](p *T, v T) {
	if isWide[T]() {
		atomic.StoreUint64(word64(p), rawBits(v))
	} else {
		atomic.StoreUint32(word32(p), uint32(rawBits(v)))
	}
}

// swapAt compares bits, so that a NaN can be replaced, too.
func swapAt[T Number](p *T, old, new T) bool {
	if isWide[T]() {
		return atomic.CompareAndSwapUint64(word64(p), rawBits(old), rawBits(new))
	}
	return atomic.CompareAndSwapUint32(word32(p), uint32(rawBits(old)), uint32(rawBits(new)))
}

// addAt is short, so that the compiler can put it into Add.
func addAt[T Number](p *T, delta T) T {
	if isFloat[T]() || !isWide[T]() {
		return addOther(p, delta)
	}
	return T(atomic.AddUint64(word64(p), uint64(delta)))
}

func addOther[T Number](p *T, delta T) T {
	if !isFloat[T]() {
		return T(atomic.AddUint32(word32(p), uint32(delta)))
	}
	for {
		old := loadAt(p)
		if swapAt(p, old, old+delta) {
			return old + delta
		}
	}
}
