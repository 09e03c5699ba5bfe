package coursetest

import (
	"testing"

	"multiprocessing/kernel/internal/kerneltest"
)

func TestMain(m *testing.M) { kerneltest.Main(m) }
