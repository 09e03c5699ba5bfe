package caught

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
)

type rude struct{}

func (rude) Error() string  { runtime.Goexit(); return "" }
func (rude) String() string { runtime.Goexit(); return "" }

func TestWhateverACallDoesItIsAnErrorAndTheCallerGoesOn(t *testing.T) {
	for want, f := range map[string]func() error{
		"plain":                   func() error { return errors.New("plain") },
		"it panicked: boom":       func() error { panic("boom") },
		"it panicked: a rude one": func() error { panic(errors.New("a rude one")) },
		"it panicked: panic called with nil argument": func() error { panic(nil) },
		"it ended its goroutine (runtime.Goexit)":     func() error { runtime.Goexit(); return nil },
		"it ended its goroutine (runtime.Goexit) ":    func() error { return rude{} },
		"it panicked": func() error { panic(rude{}) },
	} {
		if err := Call(t.Context(), f); err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := Call(t.Context(), func() error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestACallThatHangsIsLeftWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough, leave := errors.New("enough"), make(chan bool)
	err := Call(ctx, func() error { cancel(enough); <-leave; return nil })
	close(leave)
	if err != enough {
		t.Errorf("got %v", err)
	}
}

func TestTheTextOfAValueIsAsFmtPrintsItWhateverItsMethodsDo(t *testing.T) {
	if got := Text("%+v", struct{ N int }{7}); got != "{N:7}" {
		t.Errorf("got %q", got)
	}
	if got := Text("%v", rude{}); !strings.HasPrefix(got, "a caught.rude that cannot be printed") {
		t.Errorf("got %q", got)
	}
}
