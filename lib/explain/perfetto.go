package explain

import (
	"encoding/json"
	"fmt"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

// event is one of the Trace Event Format, which ui.perfetto.dev and Chrome read.
// Times are in µs.
type event struct {
	Name  string         `json:"name"`
	Phase string         `json:"ph"`
	Time  float64        `json:"ts"`
	Dur   float64        `json:"dur,omitempty"`
	PID   int            `json:"pid"`
	TID   int64          `json:"tid"`
	Args  map[string]any `json:"args,omitempty"`
}

// perfetto writes a run in the Trace Event Format: a thread for each goroutine, and
// one, number 0, for the collections.
func perfetto(r lanes.Run) ([]byte, error) {
	events := []event{threadName(0, "garbage collections")}
	for _, c := range r.Collections {
		events = append(events, event{Name: "garbage collection", Phase: "X", Time: us(c.From), Dur: us(c.To - c.From), PID: 1})
	}
	for _, l := range goroutineLanes(r) {
		id := l.goroutines[0]
		events = append(events, threadName(id, fmt.Sprintf("%s (goroutine %d)", l.name, id)))
		for _, iv := range l.intervals {
			e := event{Name: lookOf(iv).name, Phase: "X", Time: us(iv.From), Dur: us(iv.Length()), PID: 1, TID: id}
			if iv.State == lanes.Waiting {
				e.Args = map[string]any{"what": lanes.Words(iv.Reason, iv.Place), "ended by goroutine": iv.Waker}
			}
			events = append(events, e)
		}
	}
	return json.Marshal(events)
}

func threadName(id int64, name string) event {
	return event{Name: "thread_name", Phase: "M", PID: 1, TID: id, Args: map[string]any{"name": name}}
}

func us(d time.Duration) float64 { return float64(d) / 1e3 }
