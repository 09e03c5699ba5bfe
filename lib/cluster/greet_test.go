package cluster

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func TestAConsumerIsGreetedUntilItAnswers(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	config := jetstream.ConsumerConfig{Name: "greeted", FilterSubject: donePrefix + "greeted.>", AckPolicy: jetstream.AckNonePolicy}
	create := func() jetstream.Consumer {
		t.Helper()
		consumer, err := c.js.CreateConsumer(t.Context(), doneStream, config)
		if err != nil {
			t.Fatal(err)
		}
		return consumer
	}
	consumer := create()
	if m, err := c.greet(t.Context(), consumer); m != nil || err != nil {
		t.Errorf("with no message: got %v, %v", m, err)
	}
	if _, err := c.js.Publish(t.Context(), donePrefix+"greeted.0", []byte("hello")); err != nil {
		t.Fatal(err)
	}
	hear := func(when string) {
		t.Helper()
		m, err := c.greet(t.Context(), consumer)
		for m == nil && err == nil { // a consumer takes a moment to see a new message
			m, err = c.greet(t.Context(), consumer)
		}
		if err != nil || string(m.Data()) != "hello" {
			t.Errorf("%s: got %v, %v", when, m, err)
		}
	}
	hear("with a message")
	if err := c.js.DeleteConsumer(t.Context(), doneStream, "greeted"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if m, err := c.greet(ctx, consumer); m != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with nobody there: got %v, %v", m, err)
	}
	later := time.AfterFunc(50*time.Millisecond, func() { create() })
	defer later.Stop()
	hear("with one that comes late")
	c.conn.Close()
	if _, err := c.greet(t.Context(), consumer); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("without a connection: got %v", err)
	}
}
