package zmtp

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// anotherUsers tells whether the other end of a connection within this machine is another user's, who is not root. A
// kernel on TCP publishes to whoever connects: Jupyter signs what is said, and hides nothing. Where the system does not
// tell whose it is, it is not another's.
//
// Cost: a tenth of a millisecond for a hundred connections on the machine.
func anotherUsers(conn net.Conn) bool {
	theirs, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok || !theirs.IP.IsLoopback() {
		return false
	}
	uid, found := owner(theirs.AddrPort(), conn.LocalAddr().(*net.TCPAddr).AddrPort())
	return found && uid != 0 && uid != os.Getuid()
}

// owner looks up whose socket it is that has local and remote as its addresses, in the kernel's table.
func owner(local, remote netip.AddrPort) (uid int, found bool) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		file, err := os.Open(table)
		if err != nil {
			continue
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) > 7 && address(fields[1]) == plain(local) && address(fields[2]) == plain(remote) {
				uid, err := strconv.Atoi(fields[7])
				return uid, err == nil
			}
		}
	}
	return 0, false
}

// plain is an address as it is compared: one of IPv4 may come as one of IPv6.
func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// address reads an address of the table: words of four bytes in this machine's order, and a port. One that it cannot
// read is no connection's.
func address(text string) (a netip.AddrPort) {
	words, port, _ := strings.Cut(text, ":")
	bytes, err := hex.DecodeString(words)
	number, wrong := strconv.ParseUint(port, 16, 16)
	if err != nil || wrong != nil || len(bytes)%4 != 0 {
		return a
	}
	for word := range slices.Chunk(bytes, 4) {
		binary.BigEndian.PutUint32(word, binary.NativeEndian.Uint32(word))
	}
	ip, ok := netip.AddrFromSlice(bytes)
	if !ok {
		return a
	}
	return plain(netip.AddrPortFrom(ip, uint16(number)))
}
