package timing

import (
	"strings"
	"testing"
	"time"
)

func TestTheEnvironmentLimitsBudgets(t *testing.T) {
	for value, want := range map[string]time.Duration{"": time.Second, "300ms": 300 * time.Millisecond, "1h": time.Second} {
		t.Setenv(mostVariable, value)
		if got := mostBudget(time.Second); got != want {
			t.Errorf("%s=%q: got %v, want %v", mostVariable, value, got, want)
		}
	}
	t.Setenv(mostVariable, "1ns")
	c := Compare([]Case{{Name: "a", Run: func() (any, error) { return 1, nil }}}, Budget(time.Hour))
	if rounds, _ := c.DataFrame().Col("rounds").Int(); len(rounds) != 1 || rounds[0] > minRounds {
		t.Errorf("with hardly a budget it did %v rounds", rounds)
	}
}

func TestALimitThatIsNoDurationIsRefused(t *testing.T) {
	for _, value := range []string{"fast", "-1s", "0s", "5"} {
		t.Setenv(mostVariable, value)
		func() {
			defer func() {
				if message, _ := recover().(string); !strings.Contains(message, value) || !strings.Contains(message, "such as 500ms") {
					t.Errorf("%q: %s", value, message)
				}
			}()
			mostBudget(time.Second)
		}()
	}
}
