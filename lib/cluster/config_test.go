package cluster

import (
	"strings"
	"testing"
)

func TestAnErrorAboutAListOfServersShowsNoSecret(t *testing.T) {
	free := freeAddress(t)
	_, err := Open(t.Context(), Config{URL: "nats://secret@" + free + ",nats://me:p@secret@" + free})
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Count(err.Error(), "…@"+free) != 2 {
		t.Errorf("got %v", err)
	}
}
