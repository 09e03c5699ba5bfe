// Package cpuprofile reads what runtime/pprof writes: just as much of it as a
// flame picture needs. The reader of github.com/google/pprof knows the whole
// format, and would be one more module.
//
// The format is a gzipped protocol buffer, described in
// github.com/google/pprof/proto/profile.proto.
package cpuprofile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Sample is a stack, its outermost function first, and the CPU time that was
// spent in it.
type Sample struct {
	Stack []string
	CPU   time.Duration
}

// maxSize ends the unpacking of what is no profile.
const maxSize = 64 << 20

// maxDepth ends stacks of a damaged profile; runtime/pprof keeps fewer.
const maxDepth = 1024

// Read takes the samples out of a CPU profile.
func Read(r io.Reader) ([]Sample, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("reading a CPU profile: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxSize))
	if err != nil {
		return nil, fmt.Errorf("reading a CPU profile: %w", err)
	}
	samples, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading a CPU profile: %w", err)
	}
	return samples, nil
}

// profile is a Profile message while it is read. The numbers in the comments
// are those of profile.proto.
type profile struct {
	samples   []sample            // 2
	locations map[uint64][]uint64 // 4: the functions of a location, inlined ones first
	functions map[uint64]uint64   // 5: where a function's name is
	texts     []string            // 6
}

type sample struct {
	locations []uint64 // 1, innermost first
	values    []uint64 // 2: how many, nanoseconds
}

func parse(text []byte) ([]Sample, error) {
	p := profile{locations: map[uint64][]uint64{}, functions: map[uint64]uint64{}}
	err := fields(text, func(number int, _ uint64, body []byte) error {
		switch number {
		case 2:
			return p.readSample(body)
		case 4:
			return p.readLocation(body)
		case 5:
			return p.readFunction(body)
		case 6:
			p.texts = append(p.texts, string(body))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var all []Sample
	for _, s := range p.samples {
		if len(s.values) > 1 {
			all = append(all, Sample{p.stack(s), time.Duration(s.values[1])})
		}
	}
	return all, nil
}

func (p *profile) readSample(body []byte) error {
	var s sample
	err := fields(body, func(number int, value uint64, packed []byte) (err error) {
		switch number {
		case 1:
			s.locations, err = numbers(s.locations, value, packed)
		case 2:
			s.values, err = numbers(s.values, value, packed)
		}
		return err
	})
	p.samples = append(p.samples, s)
	return err
}

func (p *profile) readLocation(body []byte) error {
	var id uint64
	var functions []uint64
	err := fields(body, func(number int, value uint64, line []byte) error {
		switch number {
		case 1:
			id = value
		case 4:
			return fields(line, func(number int, value uint64, _ []byte) error {
				if number == 1 {
					functions = append(functions, value)
				}
				return nil
			})
		}
		return nil
	})
	p.locations[id] = functions
	return err
}

func (p *profile) readFunction(body []byte) error {
	var id, name uint64
	err := fields(body, func(number int, value uint64, _ []byte) error {
		switch number {
		case 1:
			id = value
		case 2:
			name = value
		}
		return nil
	})
	p.functions[id] = name
	return err
}

// stack names the functions of a sample, the outermost first.
func (p *profile) stack(s sample) []string {
	var names []string
	for i := len(s.locations) - 1; i >= 0; i-- {
		functions := p.locations[s.locations[i]]
		for k := len(functions) - 1; k >= 0 && len(names) < maxDepth; k-- {
			if at := p.functions[functions[k]]; at < uint64(len(p.texts)) {
				names = append(names, p.texts[at])
			}
		}
	}
	return names
}

var errDamaged = errors.New("it is damaged")

// fields calls f with each field of a message: its value, if it is a number,
// or else its body.
func fields(text []byte, f func(number int, value uint64, body []byte) error) error {
	for len(text) > 0 {
		key, n := binary.Uvarint(text)
		if n <= 0 {
			return errDamaged
		}
		text = text[n:]
		var value uint64
		var body []byte
		switch key & 7 {
		case 0, 2: // a number; a length and so many bytes
			value, n = binary.Uvarint(text)
			if n <= 0 {
				return errDamaged
			}
			text = text[n:]
			if key&7 == 2 {
				if value > uint64(len(text)) {
					return errDamaged
				}
				body, text = text[:value], text[value:]
			}
		case 1, 5: // 8 or 4 bytes, of which a profile has none
			n = map[uint64]int{1: 8, 5: 4}[key&7]
			if len(text) < n {
				return errDamaged
			}
			text = text[n:]
		default:
			return errDamaged
		}
		if err := f(int(key>>3), value, body); err != nil {
			return err
		}
	}
	return nil
}

// numbers adds a repeated number, which comes alone or packed.
func numbers(to []uint64, value uint64, packed []byte) ([]uint64, error) {
	if packed == nil {
		return append(to, value), nil
	}
	for r := bytes.NewReader(packed); r.Len() > 0; {
		v, err := binary.ReadUvarint(r)
		if err != nil {
			return nil, errDamaged
		}
		to = append(to, v)
	}
	return to, nil
}
