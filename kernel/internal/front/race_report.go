package front

import (
	"fmt"
	"regexp"
	"strings"
)

// races are the reports of Go's race detector, which a program that was built with -race prints to standard error. They
// become part of the cell's error, with places in cells instead of files.
type races struct {
	reports []string
	held    string // text that may be the start of a report
}

const (
	raceBar   = "==================\n"
	raceBegin = raceBar + "WARNING: DATA RACE\n"
	racesMost = 20 // maximum number of reports that are shown; the others are often about the same variable
)

// raceCount matches the last line that the detector prints.
var raceCount = regexp.MustCompile(`(?m)^Found \d+ data race\(s\)\n`)

// take stores the reports in a text and returns the rest.
func (r *races) take(text string) (rest string) {
	text, r.held = r.held+text, ""
	for {
		before, report, found := strings.Cut(text, raceBegin)
		rest += before
		if !found {
			break
		}
		report, after, ended := strings.Cut(report, raceBar)
		if !ended {
			r.held = raceBegin + report
			break
		}
		if text = after; len(r.reports) < racesMost {
			r.reports = append(r.reports, report)
		}
	}
	for n := min(len(rest), len(raceBegin)-1); n > 0 && r.held == ""; n-- {
		if before, found := strings.CutSuffix(rest, raceBegin[:n]); found && (before == "" || strings.HasSuffix(before, "\n")) {
			rest, r.held = before, raceBegin[:n]
		}
	}
	if len(r.held) > crashLimit { // too long for a report
		rest, r.held = rest+r.held, ""
	}
	if r.reports != nil {
		rest = raceCount.ReplaceAllString(rest, "")
	}
	return rest
}

// releaseRaces returns the stored reports, with places in cells, and deletes them.
func (f *front) releaseRaces(r *races) string {
	var all strings.Builder
	for _, report := range r.reports {
		text, _ := f.places(report)
		all.WriteString(raceBegin + colors.ReplaceAllString(text, "") + raceBar)
	}
	text := all.String() + r.held
	*r = races{}
	return text
}

// raceAccess matches the start of each of the two parts of a report.
var raceAccess = regexp.MustCompile(`(?mi)^(?:previous )?(?:atomic )?(read|write) at 0x[0-9a-f]+ by .*:$`)

// raced returns the failure of a program with data races.
func (f *front) raced(r *races) *failure {
	e := &failure{Name: "DataRace"}
	for _, report := range r.reports {
		var parts []string
		starts := raceAccess.FindAllStringSubmatchIndex(report, -1)
		for _, at := range starts {
			where := "code outside of all cells"
			if _, p := f.places(report[at[0]:]); p != (place{}) {
				where = p.String()
			}
			parts = append(parts, fmt.Sprintf("%s %ss", where, strings.ToLower(report[at[2]:at[3]])))
		}
		value := strings.Join(parts, " and ") + " the same variable, and nothing orders the two"
		if e.Value == "" {
			e.Value = value
		}
		text, _ := f.places(report)
		e.Traceback = append(e.Traceback, red+value+plain, strings.TrimRight(text, "\n"))
	}
	r.reports = nil
	return e
}
