package lanes

// Words say what a goroutine waits for, and where: "waits for the mutex at
// counter.go:12".
func Words(reason Reason, place string) string {
	text := "waits"
	switch reason {
	case Mutex:
		text = "waits for the mutex"
	case GIL:
		text = "waits for the GIL"
	case Send:
		text = "waits to send to the channel"
	case Receive:
		text = "waits to receive from the channel"
	case Select:
		text = "waits in the select"
	case Others:
		text = "waits for other goroutines"
	case Sleep:
		text = "sleeps"
	case Network:
		text = "waits for the network"
	case Collection:
		text = "waits for a garbage collection"
	case System:
		text = "is in a system call"
	case Messages:
		text = "waits for messages to and from the workers"
	}
	if place != "" {
		text += " at " + place
	}
	return text
}
