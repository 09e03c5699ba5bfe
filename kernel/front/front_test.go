package main

import (
	"syscall"
	"testing"

	"multiprocessing/kernel/internal/wire"
)

// These tests run the real front with the real GoNB, as Jupyter does, and speak Jupyter's protocol to it.

// TestAKernel is of what one kernel does from its start to its end: a kernel that has gone through the one still has to
// do the other.
func TestAKernel(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	for _, test := range []struct {
		name string
		test func(*testing.T, *client)
	}{
		{"says that it starts and is idle before the first cell", saysItsStatus},
		{"says that it is busy before GoNB does", saysThatItIsBusy},
		{"drops the cells that wait behind one that failed", abortsAfterAFailure},
		{"goes on where a cell may fail", goesOnAfterAnAllowedFailure},
		{"names cell and line of what does not compile", namesCellAndLineOfCompileErrors},
		{"names cell and line of a panic, in one message", namesCellAndLineOfPanics},
		{"prints what looked like the end of a program and was not", printsWhatLookedLikeACrash},
		{"fails a cell whose command fails", failsForCommands},
		{"lets a cell go well whose commands say that they failed and did not", believesExitStatus},
		{"says how to add a module that is not there", saysHowToAddAModule},
		{"says how long a cell was built and how long it ran", tellsBuildingFromRunning},
		{"can be interrupted while it builds", canBeInterruptedWhileBuilding},
		{"can be interrupted while it runs, with all that the cell started", canBeInterruptedWhileRunning},
		{"can be interrupted in a command", canBeInterruptedInACommand},
		{"lets a program that handles an interrupt end well", letsAProgramHandleAnInterrupt},
		{"prints what an interrupted program had said", printsWhatAnInterruptedProgramSaid},
		{"does not remember what is run silently", doesNotRememberWhatIsSilent},
		{"asks for input", asksForInput},
		{"does not ask who cannot answer", doesNotAskWhoCannotAnswer},
		{"ends what a cell's program leaves running", endsWhatACellLeaves},
		{"ends what a worker process of a cell leaves running", endsWhatAWorkerLeaves},
		{"leaves running what a command puts into the background", leavesBackgroundCommands},
		{"completes while a cell runs", completesWhileACellRuns},
		{"says busy and idle around every request, and replies", servesEveryRequest},
		{"closes a comm to a target that there is not", closesACommToNowhere},
		{"answers requests that are too long", refusesLongRequests},
		{"answers requests whose content is none", answersBrokenRequests},
		{"refuses what makes no sense and goes on", refusesNonsense},
		{"refuses what is not signed, or comes again", refusesForgeries},
		{"is not stopped by a peer that is mute, slow or greedy", standsBadPeers},
		{"runs a cell of 10,000 lines", runsALongCell},
		{"cuts 100 MB of output and keeps its end", cutsLongOutput},
		{"loses no picture", losesNoPicture},
		{"leaves out a display that is too large", leavesOutAHugeDisplay},
		{"runs a thousand cells that were sent at once", runsAThousandCells},
	} {
		t.Run(test.name, func(t *testing.T) {
			was := c.t
			c.t = t
			defer func() { c.t = was }()
			test.test(t, c)
		})
	}
	if most := c.rss(); most > 64 {
		t.Errorf("the front had %.0f MB, want less than 64", most)
	}
	before := c.processes()
	c.wait(c.request(c.control, "shutdown_request", map[string]bool{"restart": false}))
	c.waitEnd()
	if !c.cmd.ProcessState.Success() {
		t.Errorf("after a shutdown: %v; it ran %q", c.cmd.ProcessState, before)
	}
	c.wantNothingLeft()
}

func saysItsStatus(t *testing.T, c *client) {
	c.wait(c.request(c.shell, "kernel_info_request", struct{}{}))
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.statuses); n < 2 || c.statuses[n-2] != "busy" || c.statuses[n-1] != "idle" {
		t.Errorf("statuses %q, want busy and idle at the end", c.statuses)
	}
}

func saysThatItIsBusy(t *testing.T, c *client) {
	gonb := c.gonb()
	if err := syscall.Kill(gonb, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(gonb, syscall.SIGCONT) }()
	r := c.send("!echo here")
	r.until("busy", func(m wire.Message) bool { return field(m, "execution_state") == "busy" })
	if err := syscall.Kill(gonb, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	c.wait(r).wantOK("here\n")
	if n := r.count("busy"); n != 1 {
		t.Errorf("it says %d times that it is busy", n)
	}
}
