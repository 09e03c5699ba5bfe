package notebook

import (
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/direct"
)

// Direct says whether this program runs in the course's kernel. What it shows
// there has its place in standard output, between the lines that the program
// prints (see package direct).
func Direct() bool { return Inside() && direct.Inside() }

// print shows data in the course's kernel.
func print(data *protocol.DisplayData) error {
	c := direct.Content{Data: data.Data, Metadata: data.Metadata}
	if data.DisplayID != "" {
		c.Transient = map[string]any{"display_id": data.DisplayID}
	}
	return direct.Show(c)
}
