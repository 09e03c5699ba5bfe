//go:build race

package timing

const raceDetector = true
