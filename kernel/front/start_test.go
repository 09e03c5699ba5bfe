package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAKernelThatCannotStartSaysWhy(t *testing.T) {
	env := setUp(t)
	for name, test := range map[string]struct{ content, setting, want string }{
		"no connection file":              {"", "", "reading the connection file"},
		"a broken connection file":        {"{", "", "reading the connection file"},
		"an unknown transport":            {`{"transport": "udp", "signature_scheme": "hmac-sha256"}`, "", "only tcp and ipc"},
		"an unknown signature":            {`{"transport": "tcp", "key": "a", "signature_scheme": "md5"}`, "", "only hmac-sha256"},
		"a temporary folder that is gone": {`{"transport": "ipc", "ip": "FOLDER/c", "key": "a", "signature_scheme": "hmac-sha256", "shell_port": 1, "control_port": 2, "stdin_port": 3, "iopub_port": 4, "hb_port": 5}`, "TMPDIR=/no/such/folder", "TMPDIR"},
		"an address in use":               {`{"transport": "ipc", "ip": "/no/such/c", "key": "a", "signature_scheme": "hmac-sha256"}`, "", "listening for Jupyter"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "kernel-1.json")
			if test.content != "" {
				if err := os.WriteFile(file, []byte(strings.ReplaceAll(test.content, "FOLDER", folder)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out, err := kernelCommand(t, env, file, test.setting).CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.want) || strings.Count(string(out), "\n") != 1 {
				t.Errorf("%v, %q; want one line with %q", err, out, test.want)
			}
		})
	}
}
