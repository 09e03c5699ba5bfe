package gonb

import (
	"os"
	"slices"
)

// Arguments returns the arguments that start GoNB, with more flags for it. GoNB reads the kernel's id from the name of the
// connection file. Its log is discarded, except fatal errors: it would appear in a reader's console, and it has a line for
// each line that a cell prints to standard error. Without -raw_error the text of an error is HTML.
func Arguments(connectionFile string, more []string) []string {
	quiet := []string{"-logtostderr=false", "-log_file=" + os.DevNull, "-stderrthreshold=FATAL"}
	return slices.Concat([]string{"--kernel", connectionFile, "-raw_error"}, quiet, more)
}

// Target is the only target to which a page may open a comm.
const Target = "gonb_comm"
