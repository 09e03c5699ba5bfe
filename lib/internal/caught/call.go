package caught

import (
	"context"
	"errors"
	"fmt"
)

// Call runs f, which calls methods of the user's types. It returns the text of
// f's error as a new error, because printing an error also calls a method. If f
// panics or ends its goroutine (runtime.Goexit), that is an error, too. If ctx
// ends first, Call returns the cause and f continues: Go cannot end a goroutine
// from outside.
//
// A call costs a goroutine, 1 µs.
func Call(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() {
		err := errors.New("it ended its goroutine (runtime.Goexit)")
		defer func() { done <- err }()
		defer func() {
			if p := recover(); p != nil {
				err = errors.New("it panicked")
				err = fmt.Errorf("it panicked: %v", p)
			}
		}()
		if e := f(); e != nil {
			err = errors.New(e.Error())
		} else {
			err = nil
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Text returns a value as fmt prints it with format, or why it cannot be
// printed.
func Text(format string, value any) (text string) {
	err := Call(context.Background(), func() error {
		text = fmt.Sprintf(format, value)
		return nil
	})
	if err != nil {
		return fmt.Sprintf("a %T that cannot be printed: %v", value, err)
	}
	return text
}
