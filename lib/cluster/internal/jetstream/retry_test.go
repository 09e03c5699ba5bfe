package jetstream

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// dropped is a question that is not answered.
func dropped(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }

func TestAQuestionThatWasDroppedIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, tries := time.Now(), 0
		got, err := ask(t.Context(), func(ctx context.Context) (string, error) {
			if tries++; tries < 4 {
				return dropped(ctx)
			}
			return "answer", nil
		})
		if took, want := time.Since(began), (1+2+4)*answerTimeout; err != nil || got != "answer" || tries != 4 || took != want {
			t.Errorf("%q, %v after %d tries and %v, want the answer of try 4 after %v", got, err, tries, took, want)
		}
	})
}

func TestAQuestionThatNobodyHearsIsAskedAgain(t *testing.T) {
	for _, unheard := range []error{nats.ErrNoResponders, fmt.Errorf("storing: %w", jetstream.ErrNoStreamResponse)} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			got, err := ask(t.Context(), func(context.Context) (string, error) {
				if tries++; tries < 4 {
					return "", unheard
				}
				return "answer", nil
			})
			if took, want := time.Since(began), (1+2+4)*MinPause; err != nil || got != "answer" || tries != 4 || took != want {
				t.Errorf("%q, %v after %d tries and %v, want the answer of try 4 after %v", got, err, tries, took, want)
			}
			ctx, cancel := context.WithTimeout(t.Context(), ReadyTimeout)
			defer cancel()
			began = time.Now()
			if _, err := ask(ctx, func(context.Context) (string, error) { return "", unheard }); !errors.Is(err, unheard) || time.Since(began) != ReadyTimeout {
				t.Errorf("%v after %v, want to give up after %v", err, time.Since(began), ReadyTimeout)
			}
		})
	}
}

func TestAQuestionEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), ReadyTimeout)
		defer cancel()
		began := time.Now()
		if _, err := ask(ctx, dropped); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != ReadyTimeout {
			t.Errorf("%v after %v, want to give up after %v", err, time.Since(began), ReadyTimeout)
		}
	})
}

func TestAnAnswerThatIsAnErrorIsNotAskedForAgain(t *testing.T) {
	refused, tries := errors.New("refused"), 0
	_, err := ask(t.Context(), func(context.Context) (string, error) { tries++; return "", refused })
	if err != refused || tries != 1 {
		t.Errorf("%v after %d tries, want %v after 1", err, tries, refused)
	}
}
