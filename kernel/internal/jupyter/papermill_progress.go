package jupyter

import (
	"encoding/json"
	"os"
	"strings"
	"time"
)

// Progress is where a run is. Our engine for papermill appends it as a line of JSON to the file that envvar.Progress names.
type Progress struct {
	Cell, Of int
	Took     string // as "0.5 s"; empty when the cell begins
}

// follow calls tell for each whole line of the file at path, until the function that it returns is called. It is a file and
// no pipe: a process that papermill leaves behind would hold the pipe open.
func follow(path string, tell func(Progress)) (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		told := 0
		for more := true; more; {
			select {
			case <-ended:
				more = false
			case <-time.After(50 * time.Millisecond):
			}
			content, _ := os.ReadFile(path) // missing before the first cell
			lines := strings.Split(string(content), "\n")
			for ; told < len(lines)-1; told++ {
				var p Progress
				if json.Unmarshal([]byte(lines[told]), &p) == nil {
					tell(p)
				}
			}
		}
	}()
	return func() {
		close(ended)
		<-done
	}
}
