// Package gonb has everything that we know about GoNB and is not in its protocol: the names of its processes and folders,
// its arguments and environment, how it calls the go command, the syntax of its cells, the lines that it prints, and the
// programs that we put in its way. GoNB is unchanged, so each of these may differ in its next version.
//
// Checklist for that version, after "go get -tool github.com/janpfeifer/gonb@VERSION":
//
//  1. Compare these files of GoNB with the ones before. Each line names the file here that depends on them.
//
//     main.go, internal/kernel              start.go: flags, the connection file's name, exit
//     internal/goexec/goexec.go             process.go: folder gonb_ID and its go.mod; go_command.go: go mod init
//     internal/goexec/execcode.go           go_command.go: go get, go build, goimports, main.go, gonb_ID
//     internal/goexec/goplsclient           scripts.go: the arguments of gopls
//     internal/goexec/composer.go           input.go: an empty main, the comment form of commands
//     internal/specialcmd                   input.go: magics, ! and % lines; output.go: unknown commands
//     internal/jpyexec                      output.go: how a program ended; process.go: the pipe in GONB_PIPE
//     gonbui/protocol, gonbui/gonbui.go     lib/internal/notebook, lib/internal/cellpipe, lib/display/fromgonbui
//
//  2. Reproduce each row of docs/upstream.md with GoNB alone. Remove the row, and what corrects it, if it is right now.
//
//  3. Where the front allows for GoNB's protocol, check that it still must: a message before the first reply to a probe is
//     lost (front/probe.go), idle and the reply come in any order (front/queue.go), control requests are answered on shell,
//     shell and stdin must share an identity (front/backend.go), and unknown fields crash GoNB (toGoNB in front/front.go).
//
//  4. Run go test ./kernel/... and cd benchmarks && go run ./kernels.
package gonb

import "debug/buildinfo"

// Module is GoNB's module, and Gonbui its package for programs in cells.
const (
	Module = "github.com/janpfeifer/gonb"
	Gonbui = Module + "/gonbui"
)

// Version returns the version of GoNB's program at path, or "".
func Version(path string) string {
	if info, err := buildinfo.ReadFile(path); err == nil {
		return info.Main.Version
	}
	return ""
}
