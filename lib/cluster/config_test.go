package cluster

import (
	"strings"
	"testing"
)

func TestNoSecretOfAURLIsShown(t *testing.T) {
	for urls, want := range map[string]string{
		"nats://127.0.0.1:4222":                    "nats://127.0.0.1:4222",
		"nats://secret@127.0.0.1:4":                "…@127.0.0.1:4",
		"nats://me:secret@host:4":                  "…@host:4",
		"nats://me:secret@secret@host":             "…@host",
		"nats://@host":                             "…@host",
		"nats://secret@a,nats://secret@b:1":        "…@a,…@b:1",
		"nats://a,tls://me:secret@b, nats://c":     "nats://a,…@b, nats://c",
		"nats://me:secret@se@cret@a,tls://secret@": "…@a,…@",
		"": "",
	} {
		if got := redact(urls); got != want {
			t.Errorf("%q is shown as %q, want %q", urls, got, want)
		}
	}
}

func TestAnErrorAboutAListOfServersShowsNoSecret(t *testing.T) {
	free := freeAddress(t)
	_, err := Open(Config{URL: "nats://secret@" + free + ",nats://me:p@secret@" + free})
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Count(err.Error(), "…@"+free) != 2 {
		t.Errorf("got %v", err)
	}
}
