package cluster

import (
	"bytes"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"

	"multiprocessing/lib/cluster/internal/jetstream"
)

// wantReversed maps chunks that together are more than the servers hold.
func wantReversed(t *testing.T, c *Cluster) {
	t.Helper()
	items := make([][]byte, 100)
	for i := range items {
		items[i] = bytes.Repeat([]byte{byte(i)}, 100<<10)
		items[i][0] = 255
	}
	for i, b := range mustMap(t, c, items, reverses, ChunkSize(1)) {
		if len(b) != 100<<10 || b[0] != byte(i) || b[len(b)-1] != 255 {
			t.Fatalf("result %d has %d bytes", i, len(b))
		}
	}
}

func TestChunksLeaveRoomForResultsInAServerThatHoldsLittle(t *testing.T) {
	wantReversed(t, mustOpen(t, Config{Workers: 2, memory: 4 << 20}))
}

func TestChunksLeaveRoomForResultsInAnAccountThatHoldsLittle(t *testing.T) {
	o := startOperated(t)
	little := jwt.JetStreamLimits{MemoryStorage: 1, DiskStorage: 4 << 20}
	for name, tiers := range map[string]jwt.JetStreamTieredLimits{
		"in all":                   nil,
		"of streams with one copy": {"R1": little, "R3": noStorage},
	} {
		t.Run(name, func(t *testing.T) {
			storage := little
			if tiers != nil {
				storage = noStorage
			}
			account, _ := o.account(t, storage, tiers)
			c := mustOpen(t, Config{URL: o.url, Credentials: credentials(t, account, time.Time{}), Workers: 2})
			if c.limits.InFlight != 1<<20 {
				t.Errorf("%d bytes of chunks may be on their way", c.limits.InFlight)
			}
			wantReversed(t, c)
		})
	}
}

func TestAServerThatHoldsMuchIsNotFilledByOneJob(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1, memory: 1 << 40})
	if c.limits != (jetstream.Limits{Payload: 8 << 20, InFlight: 64 << 20, Read: 16 << 20}) {
		t.Errorf("the limits are %+v", c.limits)
	}
}

func TestWhoMayNotAskWhatAnAccountHoldsIsNotLimited(t *testing.T) {
	t.Parallel()
	o := startOperated(t)
	account, _ := o.account(t, allStorage, nil)
	c := mustOpen(t, Config{URL: o.url, Credentials: credentials(t, account, time.Time{}, "$JS.API.INFO"), Workers: 2})
	if c.limits.InFlight != 64<<20 {
		t.Errorf("%d bytes of chunks may be on their way", c.limits.InFlight)
	}
	wantReversed(t, c)
}
