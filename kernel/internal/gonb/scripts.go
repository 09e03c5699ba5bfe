package gonb

import "multiprocessing/internal/envvar"

// Scripts stand on GoNB's PATH in place of two tools, by name, and do nothing if GoNB calls them. It would start gopls with
// every kernel: the front starts it when a reader first asks for a completion. It has goimports read every program, for
// 10 ms: behind a front, which sets the variable, that program is Stub. The tools themselves are in the folder above.
var Scripts = map[string]string{
	"gopls":     "#!/bin/sh\nif [ \"$1\" = -listen ]; then exit 0; fi\n" + callTool,
	"goimports": "#!/bin/sh\ncase \"$" + envvar.Program + " $1 $2\" in ?*' -w '*/" + prefix + "*/main*.go) exit 0; esac\n" + callTool,
}

const callTool = "exec \"${0%/*}/../${0##*/}\" \"$@\"\n"
