package notebook

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/internal/envvar"
)

// stdout is where the kernel looks for marks; a program may replace os.Stdout.
var stdout = os.Stdout

// Direct says whether this program runs in the course's kernel. What it shows
// there has its place in standard output, between the lines that the program
// prints: it goes into a file, and a mark with the file's name to standard
// output. There is no connection to keep and nothing to wait for.
func Direct() bool { return Inside() && os.Getenv(envvar.Displays) != "" }

// print shows data in the course's kernel.
func print(data *protocol.DisplayData) error {
	content, err := json.Marshal(contentOf(data))
	if err != nil {
		return fmt.Errorf("sending output to the notebook: %w", err)
	}
	file, err := os.CreateTemp(os.Getenv(envvar.Displays), "display-*")
	if err != nil {
		return fmt.Errorf("sending output to the notebook: %w", err)
	}
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		// In one write, so that no other comes between its parts.
		_, err = fmt.Fprintf(stdout, "\x00display %s\x00", filepath.Base(file.Name()))
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("sending output to the notebook: %w", err)
	}
	return nil
}

// content is that of Jupyter's display_data message.
type content struct {
	Data      map[protocol.MIMEType]any `json:"data"`
	Metadata  map[string]any            `json:"metadata"`
	Transient map[string]string         `json:"transient"`
}

func contentOf(data *protocol.DisplayData) content {
	c := content{data.Data, data.Metadata, map[string]string{}}
	if c.Metadata == nil {
		c.Metadata = map[string]any{}
	}
	if data.DisplayID != "" {
		c.Transient["display_id"] = data.DisplayID
	}
	return c
}
