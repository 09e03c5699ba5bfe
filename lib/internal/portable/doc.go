// Package portable encodes values as bytes for other processes, and decodes
// them there. Packages process, message and cluster use it.
//
// The receiver gets exactly what was sent: nil or empty, a pointer to 0, -0.0,
// the bits of a NaN. CodecFor refuses types for which that is impossible.
// (Package encoding/gob sends a pointer to 0 as nil, -0.0 as 0 and an empty
// slice as nil, and of a struct that embeds a time.Time only the time.) But two
// pointers to one value arrive as pointers to two values, and a value that
// contains itself is an error.
//
// Identical values have identical bytes: the entries of a map are sorted, and
// padding and blank fields are zero. A decoder accepts no other bytes for a
// value. The bytes may come from an untrusted sender: their number limits the
// memory that a decoder allocates. For types that encode themselves, all this
// depends on their methods.
//
// Only a value in an interface carries a description of its type; otherwise
// both sides must agree on the type.
//
//	plain        the value's memory, in the machine's byte order, see plain.go
//	string       length, bytes
//	pointer      0 for nil, or 1 and the value
//	slice        0 for nil, or length + 1 and the elements
//	map          0 for nil, or length + 1 and the entries, sorted by their bytes
//	array        the elements
//	struct       the fields
//	interface    0 for nil, or the dynamic type, see interface.go, and the value
//	encodes itself    length, bytes
//
// Lengths are unsigned varints.
package portable
