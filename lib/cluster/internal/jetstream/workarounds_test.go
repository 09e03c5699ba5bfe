package jetstream

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"multiprocessing/lib/cluster/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// linked starts a server with our streams, and connects to it.
func linked(t *testing.T) *Link {
	t.Helper()
	s, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(ReadyTimeout) {
		t.Fatal("the server is not ready")
	}
	l, err := Address{}.Dial(t.Context(), "test", s, func(error) {})
	if err == nil {
		err = l.CreateStreams(t.Context(), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestAConsumerIsAskedUntilItAnswers(t *testing.T) {
	l := linked(t)
	config := jetstream.ConsumerConfig{Name: "new", FilterSubject: wire.JobResults("job"), AckPolicy: jetstream.AckNonePolicy}
	create := func() jetstream.Consumer {
		t.Helper()
		consumer, err := l.js.CreateConsumer(t.Context(), doneStream, config)
		if err != nil {
			t.Fatal(err)
		}
		return consumer
	}
	consumer := create()
	if m, err := firstFetch(t.Context(), consumer); m != nil || err != nil {
		t.Errorf("with no message: got %v, %v", m, err)
	}
	result := wire.Message{Subject: "mp.done.job.0-1", Data: []byte("hello")}
	if err := l.Publish(result).Wait(t.Context(), Always); err != nil {
		t.Fatal(err)
	}
	receive := func(when string) {
		t.Helper()
		m, err := firstFetch(t.Context(), consumer)
		for m == nil && err == nil { // a consumer takes a moment to see a new message
			m, err = firstFetch(t.Context(), consumer)
		}
		if err != nil || string(m.Data()) != "hello" {
			t.Errorf("%s: got %v, %v", when, m, err)
		}
	}
	receive("with a message")
	if err := l.js.DeleteConsumer(t.Context(), doneStream, "new"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if m, err := firstFetch(ctx, consumer); m != nil || !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("without a consumer: got %v, %v", m, err)
	}
	later := time.AfterFunc(50*time.Millisecond, func() { create() })
	defer later.Stop()
	receive("with a consumer that comes late")
	l.conn.Close()
	if _, err := firstFetch(t.Context(), consumer); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("without a connection: got %v", err)
	}
}

func TestAMessageIsStoredOnceAndTheFirstOneStays(t *testing.T) {
	l := linked(t)
	for _, text := range []string{"first", "second"} {
		if err := l.Publish(wire.Message{Subject: "mp.done.job.0-1", Data: []byte(text)}).Wait(t.Context(), Always); err != nil {
			t.Fatal(err)
		}
	}
	s, found, err := l.Result(t.Context(), "job", wire.Range{From: 0, To: 1})
	if err != nil || !found || string(s.Data) != "first" {
		t.Errorf("got %s, %v, %v", s.Data, found, err)
	}
	if _, found, err := l.Result(t.Context(), "job", wire.Range{From: 1, To: 2}); found || err != nil {
		t.Errorf("a result that is not there: %v, %v", found, err)
	}
}

func TestTransientErrorsAreRetriedAndFinalOnesAreNot(t *testing.T) {
	l := linked(t)
	for _, transient := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse} {
		attempts := 0
		err := l.retry(t.Context(), func() error {
			if attempts++; attempts < 3 {
				return fmt.Errorf("asking: %w", transient)
			}
			return nil
		}, Always)
		if err != nil || attempts != 3 {
			t.Errorf("%v: %d attempts, then %v", transient, attempts, err)
		}
	}
	for _, final := range []error{nats.ErrConnectionClosed, nats.ErrMaxPayload, &jetstream.APIError{Description: "maximum messages per subject exceeded"}} {
		attempts := 0
		if err := l.retry(t.Context(), func() error { attempts++; return final }, Always); !errors.Is(err, final) || attempts != 1 {
			t.Errorf("%v: %d attempts, then %v", final, attempts, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := l.retry(ctx, func() error { cancel(); return nats.ErrTimeout }, Always); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
}

func TestAMessageThatNoStreamTakesIsAnErrorAtOnce(t *testing.T) {
	l := linked(t)
	m := wire.Message{Subject: "mp.done.job.0-1", Data: make([]byte, l.conn.MaxPayload()+1)}
	if err := l.Publish(m).Wait(t.Context(), Always); !errors.Is(err, nats.ErrMaxPayload) {
		t.Errorf("got %v", err)
	}
}
