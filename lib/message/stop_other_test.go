//go:build !unix

package message

import "os"

func stopSignal() (os.Signal, bool) { return nil, false }
