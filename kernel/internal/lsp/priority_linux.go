package lsp

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// behind is the niceness of a server: 10 is a tenth of the weight of a cell's program, which is enough to answer while
// all cores compute.
const behind = 10

// standBack has the process at the other end of a Unix socket stand back when cores are scarce: while it loads a module,
// a cell that is built meanwhile would wait. Where that fails the cell waits. Linux has a niceness for each thread, and a
// new thread has that of the one which started it.
func standBack(conn net.Conn) {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	var peer *unix.Ucred
	if failed := raw.Control(func(fd uintptr) { peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); failed != nil || err != nil {
		return
	}
	for range 2 { // one that was started meanwhile by a thread that was still to come
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", peer.Pid))
		for _, thread := range threads {
			if id, err := strconv.Atoi(thread.Name()); err == nil {
				_ = unix.Setpriority(unix.PRIO_PROCESS, id, behind)
			}
		}
	}
}
