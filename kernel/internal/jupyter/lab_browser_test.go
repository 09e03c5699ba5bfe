package jupyter

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"multiprocessing/kernel/internal/guard"
	"multiprocessing/kernel/internal/kerneltest"
)

// playsLab names the page that this test binary, started again as a lab, opens.
const playsLab = "JUPYTER_TEST_PLAYS_LAB"

func TestMain(m *testing.M) {
	if status, isGuard := guard.Main(os.Args[1:]); isGuard {
		os.Exit(status)
	}
	if page := os.Getenv(playsLab); page != "" {
		os.Unsetenv(playsLab)
		if err := playLab(page, os.Args[1], os.Args[2]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	kerneltest.Main(m)
}

// playLab opens a page, runs a command as lab runs JupyterLab, and stops it when the browser has written its file.
func playLab(page, python, written string) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error)
	go func() { ended <- guard.Guard{Grace: time.Second}.Run(ctx, exec.Command("sleep", "1000")) }()
	if err := openBrowser(python, page); err != nil {
		return err
	}
	for i := 0; i < 3000; i++ {
		if content, _ := os.ReadFile(written); strings.HasSuffix(string(content), "\n") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	<-ended
	return nil
}

func TestTheBrowserOutlivesLabAndSeesNoToken(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no Python to open a browser with")
	}
	folder := filepath.Join(t.TempDir(), "a [b] c#") // a page in it needs quoting
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	page, written, program := filepath.Join(folder, "open.html"), filepath.Join(folder, "written"), filepath.Join(folder, "fake browser")
	script := fmt.Sprintf("#!/bin/sh\necho $$ \"$@\" >'%s'\nexec sleep 1000\n", written)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	lab := exec.Command(os.Args[0], python, written)
	lab.Env = append(os.Environ(), playsLab+"="+page, "BROWSER='"+program+"' %s")
	if out, err := lab.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	content, err := os.ReadFile(written)
	if err != nil {
		t.Fatal("no browser was started: ", err)
	}
	word, opened, _ := strings.Cut(strings.TrimSpace(string(content)), " ")
	pid, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(pid, syscall.SIGKILL)
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") || syscall.Kill(pid, 0) != nil {
		t.Error("the browser ended with lab")
	}
	if want := "file://" + strings.NewReplacer("[", "%5B", "]", "%5D", " ", "%20", "#", "%23").Replace(page); opened != want {
		t.Errorf("the browser was given %q, want %q", opened, want)
	}
}
