package sharedmem

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// Number is the set of types that can be shared: the integers and floats of 4
// or 8 bytes, which the processor can change atomically.
type Number interface {
	~int | ~int32 | ~int64 | ~uint | ~uint32 | ~uint64 | ~float32 | ~float64
}

// isFloat reports whether T is a float.
func isFloat[T Number]() bool { return T(1)/T(2) != 0 }

// toBits and fromBits convert a number to a word and back. A signed or unsigned
// integer is converted modulo 2^64, so that adding words adds integers.
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

// addBits adds delta to the number in a word, and returns the sum. There is no
// atomic addition of floats, so for them it uses a compare-and-swap loop.
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

// The functions below operate on numbers in their natural layout, as in an
// Array.

func isWide[T Number]() bool { return unsafe.Sizeof(T(0)) == 8 }

func word64[T Number](p *T) *uint64 { return (*uint64)(unsafe.Pointer(p)) }
func word32[T Number](p *T) *uint32 { return (*uint32)(unsafe.Pointer(p)) }

// rawBits returns the bits of v in memory.
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

// swapAt compares bits, so that it can replace a NaN as well.
func swapAt[T Number](p *T, old, new T) bool {
	if isWide[T]() {
		return atomic.CompareAndSwapUint64(word64(p), rawBits(old), rawBits(new))
	}
	return atomic.CompareAndSwapUint32(word32(p), uint32(rawBits(old)), uint32(rawBits(new)))
}

// addAt is short, so that the compiler can inline it in Add.
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
