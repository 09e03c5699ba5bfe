//go:build unix

package python

import (
	"context"
	"os/exec"
	"syscall"
)

// guard is a shell program that runs its arguments, and kills its process
// group when its standard input ends: the caller has ended, in whatever way. It
// is not a thread of Python, which would be one more than the deck has, and not
// a second interpreter, which would cost 50 ms.
const guard = `
exec 3<&0 </dev/null
"$@" 3<&- &
work=$!
{ while read -r line <&3; do :; done; kill -9 0; } >/dev/null 2>&1 &
watch=$!
wait $work 2>/dev/null
status=$?
kill $watch
exit $status
`

// guarded returns the command that runs args under the guard, in a process
// group of its own, which its children join, so that one signal reaches all.
func guarded(ctx context.Context, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", guard, "guard"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

func killGroup(pid int) error {
	return syscall.Kill(-pid, syscall.SIGKILL)
}
