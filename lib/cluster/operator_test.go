package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// operator is who signs the accounts of a server that knows nobody else.
type operator struct {
	keys     nkeys.KeyPair
	resolver *server.MemAccResolver
	url      string
}

// startOperated starts a server in operator mode, with an account for itself,
// and ends it after the test.
func startOperated(t *testing.T) *operator {
	t.Helper()
	o := &operator{keys: newKeys(t, nkeys.CreateOperator), resolver: &server.MemAccResolver{}}
	claims := jwt.NewOperatorClaims(public(t, o.keys))
	if _, err := claims.Encode(o.keys); err != nil {
		t.Fatal(err)
	}
	_, system := o.account(t, noStorage, nil)
	s, err := startServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(),
		TrustedOperators: []*jwt.OperatorClaims{claims}, AccountResolver: o.resolver, SystemAccount: system})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	o.url = "nats://" + s.Addr().String()
	return o
}

func newKeys(t *testing.T, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	keys, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func public(t *testing.T, keys nkeys.KeyPair) string {
	t.Helper()
	key, err := keys.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// What an account may store.
var (
	noStorage  = jwt.JetStreamLimits{}
	allStorage = jwt.JetStreamLimits{MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit}
)

// account has the operator sign an account that may store so much: in all, or,
// if there are tiers, of streams with so many copies each.
func (o *operator) account(t *testing.T, storage jwt.JetStreamLimits, tiers jwt.JetStreamTieredLimits) (nkeys.KeyPair, string) {
	t.Helper()
	keys := newKeys(t, nkeys.CreateAccount)
	claims := jwt.NewAccountClaims(public(t, keys))
	claims.Limits.JetStreamLimits, claims.Limits.JetStreamTieredLimits = storage, tiers
	text, err := claims.Encode(o.keys)
	if err == nil {
		err = o.resolver.Store(claims.Subject, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return keys, claims.Subject
}

// credentials are a file with those of a user of account, who proves who he
// is with keys, and may not send to some subjects.
func credentials(t *testing.T, account nkeys.KeyPair, expires time.Time, denied ...string) string {
	t.Helper()
	keys := newKeys(t, nkeys.CreateUser)
	claims := jwt.NewUserClaims(public(t, keys))
	claims.Pub.Deny.Add(denied...)
	if !expires.IsZero() {
		claims.Expires = expires.Unix()
	}
	text, err := claims.Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := keys.Seed()
	if err != nil {
		t.Fatal(err)
	}
	content, err := jwt.FormatUserConfig(text, seed)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, string(content))
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "user.creds")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCredentialsOfAnOperatorLetInAndKeepAccountsApart(t *testing.T) {
	o := startOperated(t)
	for range 2 { // each account has its own streams
		account, _ := o.account(t, allStorage, nil)
		c := mustOpen(t, Config{URL: o.url, Credentials: credentials(t, account, time.Time{}), Workers: 2})
		wantDoubles(t, mustMap(t, c, upTo(100), double, Job("same-name")), 100)
	}
}

func TestWrongCredentialsAreRefusedWithWhatIsWrongWithThem(t *testing.T) {
	o := startOperated(t)
	account, _ := o.account(t, allStorage, nil)
	poor, _ := o.account(t, noStorage, nil)
	whole, err := os.ReadFile(credentials(t, account, time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(credentials(t, account, time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	seed := strings.Index(string(other), "-----BEGIN USER NKEY SEED")
	for name, wrong := range map[string]struct{ file, want string }{
		"none":                              {"", "look at the token or the credentials"},
		"of a stranger's account":           {credentials(t, newKeys(t, nkeys.CreateAccount), time.Time{}), "Violation; look at the credentials in "},
		"with another's key":                {write(t, string(whole[:strings.Index(string(whole), "-----BEGIN USER NKEY SEED")])+string(other[seed:])), "Violation; look at the credentials in "},
		"expired":                           {credentials(t, account, time.Now().Add(-time.Hour)), "Violation; look at the credentials in "},
		"of no file":                        {filepath.Join(t.TempDir(), "none.creds"), "none.creds"},
		"without a key":                     {write(t, string(whole[:200])), "user.creds"},
		"that are none":                     {write(t, "hello"), "user.creds"},
		"empty":                             {write(t, ""), "user.creds"},
		"of an account that stores nothing": {credentials(t, poor, time.Time{}), "JetStream not enabled for account; the operator of the server must enable it"},
	} {
		c, err := Open(t.Context(), Config{URL: o.url, Credentials: wrong.file, Workers: 1})
		if err == nil || !strings.Contains(err.Error(), wrong.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", name, err, wrong.want)
		}
		c.Close()
	}
}
