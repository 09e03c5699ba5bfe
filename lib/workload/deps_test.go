package workload_test

import (
	"os/exec"
	"strings"
	"testing"
)

// heavy names what takes long to link, and the folders that may link it.
var heavy = map[string]string{
	"net/http":                    "download",
	"database/sql":                "query",
	"modernc.org/sqlite":          "query",
	"github.com/jackc/pgx":        "query",
	"gonum.org/v1/gonum":          "crossval",
	"net":                         "download query",
	"gonum.org/v1/plot":           "",
	"github.com/go-gota/gota":     "",
	"multiprocessing/lib/timing":  "",
	"multiprocessing/lib/display": "",
	"multiprocessing/lib/chart":   "",
	"encoding/gob":                "",
}

func TestOnlyThoseThatNeedAHeavyPackageLinkIt(t *testing.T) {
	folders := strings.Fields("mandelbrot dataset integral montecarlo crossval mergesort heat download query")
	for _, folder := range folders {
		out, err := exec.Command("go", "list", "-deps", "./"+folder).Output()
		if err != nil {
			t.Skip("no go command to ask for the dependencies")
		}
		deps := "\n" + string(out)
		for pkg, allowed := range heavy {
			links := strings.Contains(deps, "\n"+pkg+"\n") || strings.Contains(deps, "\n"+pkg+"/") && pkg != "net"
			if links && !strings.Contains(" "+allowed+" ", " "+folder+" ") {
				t.Errorf("%s links %s", folder, pkg)
			}
		}
	}
}
