//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// sequence is what a cell printed and showed, in order: text of standard error in braces, displays in brackets.
func (r *asked) sequence() string {
	var all, errors strings.Builder
	end := func() {
		if errors.Len() > 0 {
			all.WriteString("{" + errors.String() + "}")
			errors.Reset()
		}
	}
	for _, m := range r.published() {
		if m.Header.Type == "stream" && field(m, "name") == "stderr" {
			errors.WriteString(field(m, "text"))
			continue
		}
		var content struct{ Data map[string]string }
		_ = json.Unmarshal(m.Content, &content)
		switch m.Header.Type {
		case "stream":
			end()
			all.WriteString(field(m, "text"))
		case "display_data", "update_display_data":
			end()
			text := content.Data["text/markdown"]
			if text == "" {
				text = content.Data["text/html"]
			}
			all.WriteString("[" + text + "]")
		}
	}
	end()
	return all.String()
}

// What a program prints and shows comes whole, and in its order.
func TestOutputIsWholeAndInOrder(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	german, japanese := "Größe, Maß und Übung: 100 % für Ärzte\n", "これは日本語の長い行です。\n"
	for _, test := range []struct {
		name, code, want string
	}{
		{"20,000 lines of other scripts", "%%\nfor range 10_000 {\n\tfmt.Print(\"" + german[:len(german)-1] + `\n", "` + japanese[:len(japanese)-1] + "\\n\")\n}",
			strings.Repeat(german+japanese, 10_000)},
		{"a command's", "!for i in $(seq 5000); do echo 'Größe これは日本語'; done", strings.Repeat("Größe これは日本語\n", 5000)},
		{"%%bash's", "%%bash\nfor i in $(seq 5000); do echo 'Größe これは日本語'; done", strings.Repeat("Größe これは日本語\n", 5000)},
		{"%%script's", "%%script cat\n" + strings.Repeat(german+japanese, 500), strings.Repeat(german+japanese, 500) + "\n"},
		{"a character in two writes", "%%\nos.Stdout.WriteString(\"a\\xe2\")\ntime.Sleep(50 * time.Millisecond)\nos.Stdout.WriteString(\"\\x82\\xac\\n\")", "a€\n"},
		{"a character that is not whole", "%%\nos.Stdout.WriteString(\"a\\xe2\\x82\")", "a\uFFFD\uFFFD"},
		{"a character between streams", "%%\nos.Stdout.WriteString(\"a\\xe2\\x82\")\nfmt.Fprint(os.Stderr, \"b\")\nos.Stdout.WriteString(\"\\xac\")", "a{b}€"},
		{"one long line", "%%\nfmt.Println(strings.Repeat(\"€\", 90_000))", strings.Repeat("€", 90_000) + "\n"},
		{"text and displays", "%%\nfor i := range 20 {\n\tfmt.Println(i)\n\tdisplay.Markdown(fmt.Sprint(i))\n}\nfmt.Println(\"end\")", texts(20, "%d\n[%[1]d]") + "end\n"},
		{"goroutines that run one after another", `%%
for i := range 20 {
	done := make(chan bool)
	go func() {
		if i%2 == 0 {
			display.Markdown(fmt.Sprint(i))
		} else {
			fmt.Print(i)
		}
		close(done)
	}()
	<-done
}`, texts(10, "", func(i int) string { return fmt.Sprintf("[%d]%d", 2*i, 2*i+1) })},
		{"both streams and displays", "%%\nfor i := range 300 {\n\tfmt.Print(\"a\", i)\n\tfmt.Fprint(os.Stderr, \"b\", i)\n\tif i%10 == 0 {\n\t\tdisplay.HTML(fmt.Sprint(i), \"\")\n\t\tprintln(i)\n\t}\n}",
			texts(300, "", func(i int) string {
				if i%10 > 0 {
					return fmt.Sprintf("a%d{b%[1]d}", i)
				}
				return fmt.Sprintf("a%d{b%[1]d}[%[1]d]{%[1]d\n}", i)
			})},
		{"a command's streams", "!for i in $(seq 0 99); do echo a$i; echo b$i >&2; done", texts(100, "a%d\n{b%[1]d\n}")},
		{"%%bash's streams", "%%bash\nfor i in $(seq 0 99); do echo a$i; echo b$i >&2; done", texts(100, "a%d\n{b%[1]d\n}")},
		{"a line as GoNB's", "%%\nfmt.Println(1)\nfmt.Fprintln(os.Stderr, exec.Command(\"sh\", \"-c\", \"exit 7\").Run())\nfmt.Println(2)\nos.Exit(1)", "1\n{exit status 7\n}2\n"},
		{"a line as GoNB's alone", "%%\nfmt.Fprintln(os.Stderr, \"signal: killed\")\nos.Exit(1)", "{signal: killed\n}"},
		{"a line as GoNB's of a command", "!echo exit status 3 >&2; exit 4", "{exit status 3\n}"},
		{"a line as GoNB's in an interrupted cell", "%%\nfmt.Fprint(os.Stderr, \"^C\\nexit status 1\\n\")", "{^C\nexit status 1\n}"},
		{"a line as GoNB's of a command that there is not", "%%\nfmt.Fprint(os.Stderr, \"\\\"%x\\\" unknown or not implemented yet.\")", "{\"%x\" unknown or not implemented yet.}"},
		{"places that are none", "%%\nfmt.Fprintln(os.Stderr, \"x:y:main.go:1:2: z\\nmain.go:1:0: z\\n:::main_test.go:9999999999999999999:-1: z\\n\\tmain.go:0\")\nfmt.Println(1)",
			"{x:y:main.go:1:2: z\nmain.go:1:0: z\n:::main_test.go:9999999999999999999:-1: z\n\tmain.go:0\n}1\n"},
		{"places that are none, of a command", "!echo x:y:main.go:1:2: z >&2", "{x:y:main.go:1:2: z\n}"},
		{"a zero byte", "%%\nfmt.Print(\"a\\x00display \", \"\\x00b\\x00\")", "a\x00display \x00b\x00"},
		{"gonbui's displays", "import \"github.com/janpfeifer/gonb/gonbui\"\n%%\nfor i := range 20 {\n\tfmt.Println(i)\n\tgonbui.DisplayHTML(fmt.Sprint(i))\n\tif i%5 == 0 {\n\t\tdisplay.Markdown(\"md\")\n\t\tgonbui.Sync()\n\t}\n}",
			texts(20, "", func(i int) string {
				if i%5 == 0 {
					return fmt.Sprintf("%d\n[%[1]d][md]", i)
				}
				return fmt.Sprintf("%d\n[%[1]d]", i)
			})},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := c.execute(test.code)
			if got := r.sequence(); got != test.want {
				at := 0
				for at < min(len(got), len(test.want)) && got[at] == test.want[at] {
					at++
				}
				t.Errorf("status %s %s, %d bytes, want %d; from byte %d on it shows %.300q, want %.300q\n%s", r.status(), r.said(), len(got), len(test.want), at, got[at:], test.want[at:], r.traceback())
			}
		})
	}
}

// texts joins n texts.
func texts(n int, format string, text ...func(int) string) string {
	var all strings.Builder
	for i := range n {
		if len(text) > 0 {
			all.WriteString(text[0](i))
		} else {
			fmt.Fprintf(&all, format, i)
		}
	}
	return all.String()
}

func TestAWorkersLongLineIsWhole(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	c.execute("import \"multiprocessing/lib/process\"\nvar say = process.Register(\"say\", func(n int) int {\n\tfmt.Println(strings.Repeat(\"€\", n))\n\tfmt.Fprintln(os.Stderr, strings.Repeat(\"ä\", n))\n\treturn n\n})").wantOK("")
	r := c.execute("%%\np, err := process.NewPool(context.Background(), 1)\nif err != nil {\n\tpanic(err)\n}\ndefer p.Close()\nfmt.Println(process.Map(context.Background(), p, []int{90_000}, say))")
	for name, char := range map[string]string{"stdout": "€", "stderr": "ä"} {
		if text := r.stream(name); strings.Count(text, char) != 90_000 || strings.Contains(text, "\uFFFD") {
			t.Errorf("%s: %d of 90,000, and %d that were cut; %.200q\n%s", name, strings.Count(text, char), strings.Count(text, "\uFFFD"), text, r.traceback())
		}
	}
}

// A deadlock is seen whatever a cell has done before.
func TestADeadlockIsReported(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	c.execute("var same = process.Register(\"same\", func(n int) int { return n })").wantOK("")
	for name, before := range map[string]string{
		"nothing": "", "text": "fmt.Println(1)", "a display": "display.Markdown(\"x\")",
		"a comparison":  "timing.Compare([]timing.Case{{Name: \"a\", Run: func() (any, error) { return 1, nil }}})",
		"a progress":    "display.Progress(progress.Step{Doing: \"a\"})\ndisplay.Progress(progress.Step{Done: true})",
		"a pool":        "p := pool.New(2)\np.Close()",
		"processes":     "p, _ := process.NewPool(context.Background(), 2)\nfmt.Println(process.Map(context.Background(), p, []int{1, 2}, same))\np.Close()",
		"gonbui":        "gonbui.DisplayHTML(\"x\")\ngonbui.Sync()",
		"a command":     "_ = exec.Command(\"true\").Run()",
		"shared memory": "v, err := sharedmem.NewValue(1)\nfmt.Println(v != nil, err)",
		"a queue":       "q := message.NewQueue[int](1)\nfmt.Println(q.Put(1), q.Close())",
		"goroutines":    "fmt.Println(goroutine.Map([]int{1}, func(n int) int { return n }))",
	} {
		t.Run(name, func(t *testing.T) {
			was := c.t
			c.t = t
			defer func() { c.t = was }()
			r := c.send("%%\n" + before + "\nfmt.Fprintln(os.Stderr, \"here\")\n<-make(chan int)")
			r.printed("here")
			printed := time.Now()
			if c.wait(r); r.said() != "fatal error: all goroutines are asleep - deadlock!" {
				t.Errorf("said %s\n%s", r.said(), r.traceback())
			}
			if took := time.Since(printed); took > 4*time.Second { // it is some milliseconds
				t.Errorf("it was reported after %v", took)
			}
		})
	}
}
