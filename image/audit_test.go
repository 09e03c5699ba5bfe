package image

import (
	"os/exec"
	"strings"
	"testing"
)

// A finding must never be taken for a list that cannot be reached.
func TestTheAuditTellsAFindingFromAListThatIsOutOfReach(t *testing.T) {
	for name, test := range map[string]struct {
		printed, status string
		fails           bool
		says            string
	}{
		"nothing":                        {"No known vulnerabilities found", "0", false, "nothing known"},
		"govulncheck's finding":          {"Vulnerability #1: GO-2024-503 \nconnection refused is what an attacker sees", "3", true, "GO-2024-503"},
		"pip-audit's finding":            {"Found 1 known vulnerability in 1 package\nrequests 2.31.0  PYSEC-2024-503 2.32.0", "1", true, "PYSEC-2024-503"},
		"no network":                     {"dial tcp: lookup vuln.example: no such host", "1", false, "skipped"},
		"a list that is out of order":    {"503 Server Error: Service Unavailable for url", "1", false, "skipped"},
		"an audit that went wrong":       {"unexpected argument", "2", true, "unexpected argument"},
		"a version that looks like that": {"nothing could be resolved for requests 503 ", "1", true, "requests 503"},
	} {
		const script = `set -euo pipefail; work=$1; eval "$(sed -n '/^check()/,/^}/p' ../.ci/audit)"; check it bash -c 'echo "$0"; exit $1' "$2" "$3"`
		out, err := exec.Command("bash", "-c", script, "bash", t.TempDir(), test.printed, test.status).CombinedOutput()
		if (err != nil) != test.fails || !strings.Contains(string(out), test.says) {
			t.Errorf("%s: %v, %q; want %q, and that it fails: %v", name, err, out, test.says, test.fails)
		}
	}
}
