package front

import (
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
)

// completeEnvironment sets what a login would have set, for a client that starts the kernel with little but the
// kernelspec's environment: Go finds its caches by HOME, and a cell finds commands by PATH. There the kernelspec has
// ${PATH} for the client's own, which some clients leave as it is. An empty part would stand for the notebook's folder.
func completeEnvironment() {
	if os.Getenv("HOME") == "" {
		if u, err := user.Current(); err == nil {
			os.Setenv("HOME", u.HomeDir)
		}
	}
	path := os.Getenv("PATH")
	known := slices.DeleteFunc(filepath.SplitList(path), func(folder string) bool { return folder == "" || folder == "${PATH}" })
	if separator := string(filepath.ListSeparator); strings.Join(known, separator) != path {
		os.Setenv("PATH", strings.Join(append(known, "/usr/local/bin", "/usr/bin", "/bin"), separator))
	}
}
