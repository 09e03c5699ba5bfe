package monospace

import (
	"unicode"

	"golang.org/x/text/width"
)

// Characters that change the width of others.
const (
	joiner       = '\u200d' // makes one emoji of those before and after it
	emojiStyle   = '\ufe0f' // shows the symbol before it as an emoji
	lightestSkin = '\U0001f3fb'
	darkestSkin  = '\U0001f3ff'
)

// Width returns how many columns text takes. An emoji of several characters,
// such as a flag or a family, counts as one; some terminals show its parts.
// Characters that only East Asian fonts show wide, such as Greek letters, take
// one column.
func Width(text string) int {
	total, n := 0, 0 // n is the width of base
	var base rune    // the last character that has a width of its own
	joined := false  // the character before r is a joiner
	for _, r := range text {
		if ' ' <= r && r <= '~' {
			total, n, base, joined = total+1, 1, r, false
			continue
		}
		symbol := unicode.Is(unicode.So, base)
		switch {
		case r == joiner:
			joined = true
			continue
		case r == emojiStyle && n > 0, lightestSkin <= r && r <= darkestSkin && symbol:
			total, n = total+2-n, 2
		case joined && symbol: // part of the emoji before it
		default:
			if own := widthOf(r); own > 0 {
				total, n, base = total+own, own, r
			}
		}
		joined = false
	}
	return total
}

// widthOf returns the width of a character by itself.
func widthOf(r rune) int {
	switch {
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // a Cf that is visible
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc), isJamoPart(r):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// isJamoPart reports whether r is a vowel or a final consonant of Korean, which
// takes no column besides that of the consonant before it.
func isJamoPart(r rune) bool {
	return 0x1160 <= r && r <= 0x11ff || 0xd7b0 <= r && r <= 0xd7ff
}
