package monospace

import (
	"strings"
	"testing"
)

func TestTheWidthIsThatOfATerminal(t *testing.T) {
	for text, want := range map[string]int{
		"":                         0,
		"median ms":                9,
		"µs ∞ – ✓ é":               10,
		"e\u0301":                  1, // a combining accent
		"ก็":                       1,
		"x\u20dd":                  1, // an enclosing circle
		"東京 2020":                  9,
		"ｱｲｳ（Ａ）":                   9, // halfwidth, then fullwidth
		"한국어":                      6,
		"\u1112\u1161\u11ab":       2, // the first of these in its parts
		"👍":                        2,
		"👍🏽":                       2, // with a skin tone
		"☝🏽":                       2,
		" 🏽":                       3, // a skin tone alone
		"❤":                        1,
		"❤\ufe0f":                  2, // the same as an emoji
		"1\ufe0f\u20e3":            2, // a keycap
		"👩\u200d👩\u200d👧\u200d👦":   2,
		"👩🏽\u200d⚕\ufe0f":          2,
		"🏳\ufe0f\u200d🌈":           2,
		"🇩🇪🇫🇷":                     4,
		"🏴\U000e0067\U000e0062":    2, // with invisible tags
		"a\u200bb\u200dc\ufeff":    3, // of no width
		"\u0600":                   1, // a format character that is visible
		"क\u094d\u200dष":           2,
		"עברית":                    5,
		"\U00020bb7":               2, // a Chinese character of four bytes
		strings.Repeat("日本", 1000): 4000,
		"\xff\xfe":                 2, // shown as U+FFFD
		"👨\u200d💻 and 👨\u200d💻":    9,
		"\u200d\ufe0f\u0301":       0, // nothing to combine with
		"\u200d日":                  2,
		"a\U0001f3fb":              3,
		"日\u200d本":                 4,
	} {
		if got := Width(text); got != want {
			t.Errorf("%+q: %d columns, want %d", text, got, want)
		}
	}
}

func TestColumnsStandBelowEachOtherWhateverIsInThem(t *testing.T) {
	rows := [][]string{
		{"city", "people", "note"},
		{"東京", "14,000,000", "e\u0301"},
		{"👩\u200d🚀", "1", "🇩🇪"},
		{"São Paulo", "11,500,000", ""},
	}
	want := "" +
		"city           people  note\n" +
		"東京       14,000,000  e\u0301\n" +
		"👩\u200d🚀                  1  🇩🇪\n" +
		"São Paulo  11,500,000\n"
	if got := Table(rows, func(column int) bool { return column == 1 }, 0); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, want := Table([][]string{{"a", "bb"}, {"ccc"}, {}}, nil, 0), "a    bb\nccc\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAWideTableIsSetInBlocksAndBreaksNoWord(t *testing.T) {
	rows := [][]string{
		{"case", "ms", "verdict", "result"},
		{"serial", "12", "base", "[2 3]"},
		{"東京", "7", "wrong answer, not that of serial", ""},
	}
	want := "" +
		"case    ms\n" +
		"serial  12\n" +
		"東京     7\n" +
		"\n" +
		"case    verdict\n" +
		"serial  base\n" +
		"東京    wrong answer, not\n" +
		"        that of serial\n" +
		"\n" +
		"case    result\n" +
		"serial  [2 3]\n" +
		"東京\n"
	right := func(column int) bool { return column == 1 }
	if got := Table(rows, right, 26); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := Table(rows, right, 200); got != Table(rows, right, 0) {
		t.Errorf("a table with room is set as\n%s", got)
	}
	for limit := 1; limit < 60; limit++ {
		for line := range strings.Lines(Table(rows, nil, limit)) {
			for _, word := range strings.Fields(line) {
				if !strings.Contains("case ms verdict result serial 12 7 base [2 3] 東京 wrong answer, not that of serial", word) {
					t.Errorf("limit %d: %q is no word of the table", limit, word)
				}
			}
		}
	}
	if got := Table(nil, nil, 10); got != "" {
		t.Errorf("no rows: %q", got)
	}
}

func TestALineIsOneAndMovesNothing(t *testing.T) {
	for text, want := range map[string]string{
		" failed: no\r\n\tdisk \n":  "failed: no disk",
		"a\u2028b\u0085c\u3000d":    "a b c d",
		"\x1b[31mred\x00\a":         `\x1b[31mred\x00\a`,
		"1\u202e23\u202c":           `1\u202e23\u202c`,
		"\u2066x\u2069":             `\u2066x\u2069`,
		"caf\xe9":                   "caf\uFFFD",
		"a'b \\ <b> | \"":           "a'b \\ <b> | \"",
		"👩\u200d🚀 東京 e\u0301 עברית": "👩\u200d🚀 東京 e\u0301 עברית",
	} {
		if got := Line(text); got != want {
			t.Errorf("%+q: got %+q, want %+q", text, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, text := range []string{"", "a\nb", "\xff\x1b", "👩\u200d🚀\ufe0f"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := Line(text)
		if strings.ContainsFunc(line, acts) || Line(line) != line {
			t.Errorf("%+q became %+q", text, line)
		}
		if w := Width(line); w < 0 || w > 2*len(line) || Width("a "+line+" b") != w+4 && !strings.ContainsAny(line, "\u200d\ufe0f") {
			t.Errorf("%+q: %d columns, %d with others", line, w, Width("a "+line+" b"))
		}
	})
}

func BenchmarkWidth(b *testing.B) {
	text := strings.Repeat("wrong answer, not that of serial ", 30)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Width(text)
	}
}
