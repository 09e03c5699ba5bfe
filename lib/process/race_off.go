//go:build !race

package process

func raceVariable() []string { return nil }
