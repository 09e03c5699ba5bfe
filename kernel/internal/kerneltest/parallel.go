package kerneltest

import (
	"flag"
	"runtime"
)

// AtLeastFourAtOnce has go test run four parallel tests of a package at a time where it would run fewer: one for each
// core. Tests that wait for kernels and browsers to start leave cores idle. The flag -parallel overrides it. Main calls
// it; call it from a TestMain that does not call Main.
func AtLeastFourAtOnce() {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if given || runtime.GOMAXPROCS(0) >= 4 {
		return
	}
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
}
