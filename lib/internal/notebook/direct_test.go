//go:build unix

package notebook

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/internal/envvar"
	"multiprocessing/lib/internal/direct"
)

// inKernel has this process show in the way of the course's kernel, and returns the folder and where standard output
// goes.
func inKernel(t *testing.T) (folder string, out *os.File) {
	t.Helper()
	folder = t.TempDir()
	t.Setenv(protocol.GONB_PIPE_ENV, "/no/such/pipe")
	t.Setenv(envvar.Displays, folder)
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	before := direct.Stdout
	direct.Stdout = out
	t.Cleanup(func() { direct.Stdout = before; out.Close() })
	return folder, out
}

func TestInTheCoursesKernelADisplayIsAFileAndAMark(t *testing.T) {
	folder, out := inKernel(t)
	if err := Show(&protocol.DisplayData{DisplayID: "x", Data: map[protocol.MIMEType]any{protocol.MIMETextPlain: "é"}, Metadata: map[string]any{"a": "b"}}); err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	name, found := strings.CutPrefix(strings.TrimSuffix(string(printed), "\x00"), "\x00display ")
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil || !found {
		t.Fatalf("printed %q, %v", printed, err)
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(content, &got), json.Unmarshal([]byte(`{"data":{"text/plain":"é"},"metadata":{"a":"b"},"transient":{"display_id":"x"}}`), &want)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the file has %s", content)
	}
}

func TestADisplayThatCannotBeShownSaysWhyAndLeavesNothing(t *testing.T) {
	folder, out := inKernel(t)
	out.Close()
	if err := Send(Bundle{}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	t.Setenv(envvar.Displays, filepath.Join(folder, "gone"))
	if err := Send(Bundle{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
