package cluster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestAServerListensOnlyWithATokenAndOffTheLoopbackInterfaceOnlyOverTLS(t *testing.T) {
	_, certificate, key := certificate(t)
	for want, config := range map[string]Config{
		`to listen on "127.0.0.1:4": a server that listens must ask for a Token; give one, the same to the workers`:                                   {Listen: "127.0.0.1:4"},
		`to listen on "192.0.2.1:4": a server that listens must ask for a Token; give one, the same to the workers`:                                   {Listen: "192.0.2.1:4", Certificate: certificate, Key: key},
		`to listen on "192.0.2.1:4": others could read what is sent to another machine; give Certificate and Key, or listen on 127.0.0.1`:             {Listen: "192.0.2.1:4", Token: "t"},
		`to listen on "0.0.0.0:4": others could read what is sent to another machine; give Certificate and Key, or listen on 127.0.0.1`:               {Listen: "0.0.0.0:4", Token: "t"},
		`to listen on "[::]:4": others could read what is sent to another machine; give Certificate and Key, or listen on 127.0.0.1`:                  {Listen: "[::]:4", Token: "t"},
		`to listen on ":4": others could read what is sent to another machine; give Certificate and Key, or listen on 127.0.0.1`:                      {Listen: ":4", Token: "t"},
		`to listen on "localhost.example.org:4": others could read what is sent to another machine; give Certificate and Key, or listen on 127.0.0.1`: {Listen: "localhost.example.org:4", Token: "t"},
		`to listen on "127.0.0.1": want host:port, with a port from 1 to 65535`:                                                                       {Listen: "127.0.0.1", Token: "t"},
		`to listen on "127.0.0.1:0": want host:port, with a port from 1 to 65535`:                                                                     {Listen: "127.0.0.1:0", Token: "t"},
		"there is a Certificate without a Key, or a Key without a Certificate; give both":                                                             {Listen: "127.0.0.1:4", Token: "t", Key: key},
		"the fields Credentials and CA are for a server elsewhere; a server that listens asks for a Token":                                            {Listen: "127.0.0.1:4", Credentials: "c"},
		"the fields Certificate and Key are for a server that listens; give Listen, too":                                                              {Certificate: certificate, Key: key},
		"the fields Listen, Certificate and Key are for a server in this program; leave them out, or the URL":                                         {URL: "nats://127.0.0.1:4", Listen: "127.0.0.1:4"},
	} {
		c, err := Open(t.Context(), config)
		if err == nil || err.Error() != "cluster: Open: "+want {
			t.Errorf("%+v: got %v, want %s", config, err, want)
		}
		c.Close()
	}
}

func TestAServerMayListenEverywhereIfItHasATokenAndACertificate(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:4222", ":4222", "[::]:4222", "192.0.2.1:4222", "[2001:db8::1]:9", "host.example.org:4222"} {
		config, err := Config{Listen: listen, Token: "t", Certificate: "cert.pem", Key: "key.pem"}.complete() // no server is started
		if err != nil || config.Workers != 0 {
			t.Errorf("%s: got %+v, %v", listen, config, err)
		}
	}
}

func TestAMapWithoutWorkersLogsOnceHowToStartOne(t *testing.T) {
	var log output
	config := Config{Listen: freeAddress(t), Token: "right", ackWait: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))}
	c := mustOpen(t, config)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !strings.Contains(log.String(), "there is no worker") {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond)
		cancel()
	}()
	if _, err := Map(ctx, c, []int{1}, double); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "server="+config.Listen) {
		t.Errorf("it logged %s", text)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	return at(free[0])
}

func TestACertificateThatCannotBeReadIsAnErrorThatNamesIt(t *testing.T) {
	_, certificate, key := certificate(t)
	for want, config := range map[string]Config{
		"none.pem": {Certificate: "none.pem", Key: key},
		"reading Certificate and Key: tls: found a certificate rather than a key": {Certificate: certificate, Key: certificate},
	} {
		config.Listen, config.Token = freeAddress(t), "t"
		c, err := Open(t.Context(), config)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", config, err, want)
		}
		c.Close()
	}
}

func TestAnAddressThatIsTakenIsAnErrorAtOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := Open(t.Context(), Config{Listen: l.Addr().String(), Token: "t"})
	if err == nil || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("got %v", err)
	}
	c.Close()
}

func TestAServerThatListensLetsInWhoKnowsTheTokenAndNobodyElse(t *testing.T) {
	_, certificate, key := certificate(t)
	for scheme, config := range map[string]Config{
		"nats": {Token: "right"},
		"tls":  {Token: "right", Certificate: certificate, Key: key},
	} {
		t.Run(scheme, func(t *testing.T) {
			config.Listen = freeAddress(t)
			c := mustOpen(t, config)
			for _, wrong := range []string{"", "wrong", "right "} {
				at := Config{URL: scheme + "://" + config.Listen, Token: wrong, CA: config.Certificate}
				if intruder, err := Open(t.Context(), at); err == nil {
					intruder.Close()
					t.Errorf("token %q: let in", wrong)
				} else if !strings.Contains(err.Error(), "look at the token") {
					t.Errorf("token %q: %v", wrong, err)
				}
			}
			stop := workAt(t, Config{URL: scheme + "://" + config.Listen, Token: "right", CA: config.Certificate, Workers: 2})
			defer stop()
			wantDoubles(t, mustMap(t, c, upTo(100), double), 100)
		})
	}
}

// workAt has this program work for a server, until stop is called.
func workAt(t *testing.T, config Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var worker sync.WaitGroup
	worker.Go(func() {
		config.Grace = time.Second
		if err := RunWorker(ctx, config); err != nil {
			t.Error(err)
		}
	})
	return func() { cancel(); worker.Wait() }
}

func TestAServerThatListensOverTLSTellsNothingToWhoDoesNotSpeakIt(t *testing.T) {
	_, certificate, key := certificate(t)
	config := Config{Listen: freeAddress(t), Token: "right", Certificate: certificate, Key: key}
	mustOpen(t, config)
	if conn, err := nats.Connect("nats://"+config.Listen, nats.Token("right")); err == nil {
		conn.Close()
		t.Error("who does not trust the certificate was let in")
	}
	conn, err := net.Dial("tcp", config.Listen)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte("CONNECT {\"auth_token\":\"right\",\"verbose\":true}\r\nPING\r\n"))
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	var heard []byte
	for buffer := make([]byte, 4096); err == nil; {
		var n int
		n, err = conn.Read(buffer)
		heard = append(heard, buffer[:n]...)
	}
	if strings.Contains(string(heard), "PONG") || strings.Contains(string(heard), "+OK") {
		t.Errorf("it answered %q", heard)
	}
}

func TestAWorkerOutlivesTheProgramThatListensAndWorksForTheNext(t *testing.T) {
	config := Config{Listen: freeAddress(t), Token: "right"}
	var stop func()
	for i := range 3 { // as when a cell is run again
		c := mustOpen(t, config)
		if i == 0 {
			stop = workAt(t, Config{URL: "nats://" + config.Listen, Token: "right", Workers: 2})
			defer stop()
		}
		wantDoubles(t, mustMap(t, c, upTo(50), double, ChunkSize(1)), 50)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
