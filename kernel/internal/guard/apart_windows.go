package guard

import "os/exec"

func apart(*exec.Cmd) {}
