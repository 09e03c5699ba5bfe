package front

import "multiprocessing/kernel/internal/gonb"

// comm forwards a comm message of a page to GoNB, and stores which comms are open. A comm to an unknown target is closed at
// once, as the protocol requires.
func (f *front) comm(r request) {
	id := text(r.Content, "comm_id")
	switch r.Header.Type {
	case "comm_open":
		target := text(r.Content, "target_name")
		if target != gonb.Target {
			f.publish("comm_close", r.Message, map[string]any{"comm_id": id, "data": struct{}{}})
			return
		}
		if len(f.comms) < 1000 {
			f.comms[id] = target
		}
	case "comm_close":
		delete(f.comms, id)
	}
	f.toGoNB(f.backend.shell, r.Message, r.Content)
}

func (f *front) openComms(target string) map[string]any {
	open := map[string]any{}
	for id, name := range f.comms {
		if target == "" || target == name {
			open[id] = map[string]string{"target_name": name}
		}
	}
	return open
}
