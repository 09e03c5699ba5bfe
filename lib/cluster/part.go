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

// An object has two subjects, as in every object store of NATS: of its pieces,
// which has its NUID, and of what there is to know of it, which has its name
// in base64. Here that is its NUID, too, so that one purge takes both.

func nuidOf(object string) string { return base64.URLEncoding.EncodeToString([]byte(object)) }

func piecesOf(job, object string) string { return "$O." + bucketOf(job) + ".C." + nuidOf(object) }

func infoOf(job, object string) string { return "$O." + bucketOf(job) + ".M." + nuidOf(object) }

func allOf(job, object string) string { return "$O." + bucketOf(job) + ".*." + nuidOf(object) }

// objectAt says which object of a job a subject belongs to, and whether it is
// that of its pieces.
func objectAt(job, subject string) (object string, pieces, ok bool) {
	nuid, pieces := strings.CutPrefix(subject, piecesOf(job, ""))
	if !pieces {
		nuid, ok = strings.CutPrefix(subject, infoOf(job, ""))
	}
	name, err := base64.URLEncoding.DecodeString(nuid)
	return string(name), pieces, (pieces || ok) && err == nil
}
