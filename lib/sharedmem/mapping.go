package sharedmem

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"

	"multiprocessing/lib/internal/entropy"
)

// header is at the start of the memory. Every process that opens it checks the
// token.
type header struct {
	token [32]byte // identifies this memory
	held  uint32   // changed under the lock: not 0 while the lock has an owner
	_     [lineSize - 36]byte
}

const headerSize = lineSize

// region is shared memory as it is mapped in this process.
type region struct {
	bytes  []byte
	where  address
	file   *os.File
	remove func()      // removes the file from disk; nil if another process made it
	lock   sync.Mutex  // acquired before the lock between processes, which is the file's
	held   atomic.Bool // this process holds both

	mu    sync.Mutex
	users int // guarded by mu; mappings that are not closed; -1 once the last one has closed the file
}

// mapping is one user of a region, for example an array that was received in an
// argument. The same array may be received again in another argument.
//
// Close does not unmap the memory, because a goroutine may be using it at that
// moment, and checking that would cost more than the rest of an Add. Close only
// forbids further use and closes the file. The garbage collector unmaps the
// memory when it is unreachable.
type mapping struct {
	*region
	length int // elements
	closed atomic.Bool
}

// regions caches the regions of this process by token, so that an array that is
// received a thousand times is mapped once.
var regions struct {
	mu sync.Mutex
	by map[[32]byte]weak.Pointer[region] // guarded by mu
}

// newMapping makes memory for length elements of size bytes, all 0.
func newMapping(what string, length, size int) (*mapping, error) {
	if length > (math.MaxInt-headerSize)/size {
		return nil, fmt.Errorf("%d elements of %d bytes exceed the address space", length, size)
	}
	f, path, remove, err := newMemory(int64(headerSize + length*size))
	if err != nil {
		return nil, err
	}
	where := address{Path: path, What: what, Length: length, Size: size}
	entropy.Read(where.Token[:])
	r, err := mapFile(f, where)
	if err != nil {
		f.Close()
		remove()
		return nil, err
	}
	r.header().token = where.Token
	r.remove = remove
	remember(r)
	return r.use(), nil
}

// openMapping maps memory that another process has made, given its address.
func openMapping(b []byte, what string) (*mapping, error) {
	where, err := decodeAddress(b, what)
	if err != nil {
		return nil, err
	}
	regions.mu.Lock()
	known := regions.by[where.Token].Value()
	regions.mu.Unlock()
	if known != nil && known.where.sameMemory(where) {
		if m := known.use(); m != nil {
			return m, nil
		}
	}
	r, err := openRegion(where)
	if err != nil {
		return nil, err
	}
	remember(r)
	return r.use(), nil
}

func openRegion(where address) (*region, error) {
	f, err := openMemory(where.Path)
	if err != nil {
		return nil, fmt.Errorf("it was closed, or its process has ended: %w", err)
	}
	r, err := mapFile(f, where)
	if err == nil && r.header().token != where.Token {
		err = errors.New("it was closed, or its process has ended: the file is different")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r.where.Path = pathOf(f) // for sending it to a third process
	return r, nil
}

func remember(r *region) {
	regions.mu.Lock()
	defer regions.mu.Unlock()
	if regions.by == nil {
		regions.by = map[[32]byte]weak.Pointer[region]{}
	}
	maps.DeleteFunc(regions.by, func(_ [32]byte, old weak.Pointer[region]) bool { return old.Value() == nil })
	regions.by[r.where.Token] = weak.Make(r)
}

// mapFile maps a file. It refuses a file of the wrong length: accessing a
// mapping beyond the end of its file kills the process.
func mapFile(f *os.File, where address) (*region, error) {
	size := headerSize + where.Length*where.Size
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != int64(size) {
		return nil, fmt.Errorf("the memory has %d bytes, want %d", info.Size(), size)
	}
	bytes, err := mapMemory(f, size)
	if err != nil {
		return nil, err
	}
	r := &region{bytes: bytes, where: where, file: f}
	runtime.AddCleanup(r, unmapMemory, bytes)
	return r, nil
}

// use adds a user. It returns nil if the last user has closed the file.
func (r *region) use() *mapping {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.users < 0 {
		return nil
	}
	r.users++
	return &mapping{region: r, length: r.where.Length}
}

// removeUser removes a user. The last one closes the file, which releases the
// lock if it is held.
func (r *region) removeUser() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.users--
	if r.users > 0 {
		return nil
	}
	r.users = -1
	if r.remove != nil {
		r.remove()
	}
	return r.file.Close()
}

func (r *region) header() *header { return (*header)(unsafe.Pointer(&r.bytes[0])) }

// data returns a pointer to the first element. The caller must call keepAlive
// after using it.
func (m *mapping) data() unsafe.Pointer { return unsafe.Pointer(&m.bytes[headerSize]) }

// keepAlive prevents the garbage collector from unmapping the memory before
// this call.
func (m *mapping) keepAlive() { runtime.KeepAlive(m) }

// isOpen reports whether m may be used. Every operation calls it, so it must be
// cheap.
func (m *mapping) isOpen() bool { return m != nil && !m.closed.Load() }

// mustBeOpen panics if m is nil or closed.
func (m *mapping) mustBeOpen(operation string) {
	if !m.isOpen() {
		m.notOpen(operation)
	}
}

func (m *mapping) notOpen(operation string) {
	if m == nil {
		misuse("%s: it must not be nil or zero; make it with NewArray or NewValue", operation)
	}
	misuse("%s: the memory is closed; use it before Close, or make a new one", operation)
}

// Close forbids further use in this process. The memory is freed when every
// process has closed it or ended.
func (m *mapping) Close() error {
	if m == nil {
		return nil
	}
	if m.closed.Swap(true) {
		return nil
	}
	return during("Close", m.removeUser())
}
