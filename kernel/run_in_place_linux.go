package main

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// hasAttributes reports whether a file has extended attributes of its user, or access control lists, which a new file
// would not have. Those of the security namespace come from the system.
func hasAttributes(path string) bool {
	names := make([]byte, 1<<16) // the largest list that Linux returns
	n, err := unix.Listxattr(path, names)
	return err == nil && slices.ContainsFunc(strings.Split(string(names[:n]), "\x00"), func(name string) bool {
		return strings.HasPrefix(name, "user.") || strings.HasPrefix(name, "system.posix_acl_")
	})
}
