//go:build !race

package timing

const raceDetector = false
