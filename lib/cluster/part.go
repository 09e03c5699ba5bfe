package cluster

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
)

// part is what an object is of a job: a chunk's items, or its results.
type part struct {
	kind   string // itemsPart or resultsPart
	number int    // of the chunk
}

const (
	itemsPart   = "in"
	resultsPart = "out"
)

// newObject is a name for an object of that part that no other has.
func (p part) newObject() string {
	return p.kind + "-" + strconv.Itoa(p.number) + "-" + newName()
}

// partOf says which part an object is.
func partOf(object string) (p part, ok bool) {
	words := strings.Split(object, "-")
	if len(words) != 3 || words[0] != itemsPart && words[0] != resultsPart {
		return p, false
	}
	number, err := natural(words[1], math.MaxInt32)
	return part{words[0], number}, err == nil
}

// Subjects of an object, as NATS has them: that of its pieces has its NUID,
// which is its name here; that of what there is to know of it has its name.

func piecesOf(job, object string) string { return "$O." + bucketOf(job) + ".C." + object }

func infoOf(job, object string) string {
	return "$O." + bucketOf(job) + ".M." + base64.URLEncoding.EncodeToString([]byte(object))
}

// objectAt says which object of a job a subject belongs to, and whether it is
// that of its pieces.
func objectAt(job, subject string) (object string, pieces, ok bool) {
	if object, ok := strings.CutPrefix(subject, piecesOf(job, "")); ok {
		return object, true, true
	}
	code, ok := strings.CutPrefix(subject, infoOf(job, ""))
	name, err := base64.URLEncoding.DecodeString(code)
	return string(name), false, ok && err == nil
}
