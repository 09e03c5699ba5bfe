//go:build !darwin

package timing

import (
	"bufio"
	"os"
	"strings"
)

// cpuModel reads the processor's name from /proc/cpuinfo, where Linux on
// some architectures has it.
func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		key, value, _ := strings.Cut(s.Text(), ":")
		if strings.TrimSpace(key) == "model name" {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return ""
}
