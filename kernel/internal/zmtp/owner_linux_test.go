package zmtp

import (
	"encoding/binary"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestAnotherUserHearsNothing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	for _, ip := range []string{"127.0.0.1", "::1", ""} {
		s, err := Listen("PUB", "tcp", net.JoinHostPort(ip, "0"), limit, limit, nil, nil)
		if err != nil {
			t.Logf("%q: %v", ip, err) // as without IPv6
			continue
		}
		defer s.Close(t.Context())
		_, port, _ := net.SplitHostPort(s.Addr().String())
		if ip == "" {
			ip = "127.0.0.1"
		}
		for _, user := range []struct {
			uid   uint32
			hears string // a socket greets whom it has let in
		}{{0, "\xff"}, {1234, ""}} {
			cmd := exec.Command("bash", "-c", `exec 3<>"/dev/tcp/$0/$1" && head -c 1 <&3`, ip, port)
			cmd.Dir = "/"
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user.uid, Gid: user.uid}}
			var told strings.Builder
			cmd.Stderr = &told
			if out, err := cmd.Output(); err != nil && !strings.Contains(told.String(), "reset") || string(out) != user.hears {
				t.Errorf("at %s user %d hears %q, %v, %s; want %q", ip, user.uid, out, err, told.String(), user.hears)
			}
		}
	}
}

func TestTheKernelsTableIsRead(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("these lines are of a little-endian machine")
	}
	for text, want := range map[string]string{
		"0100007F:1F90":                         "127.0.0.1:8080",
		"0000000000000000FFFF00000100007F:1F90": "127.0.0.1:8080",
		"00000000000000000000000001000000:0050": "[::1]:80",
		"local_address":                         "invalid AddrPort",
		"0100007F:":                             "invalid AddrPort",
		"01007F:0050":                           "invalid AddrPort",
	} {
		if got := address(text).String(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
