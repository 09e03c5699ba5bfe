import unittest

from gonb_papermill import declaration

CELL = '''// A heading is no comment of a parameter.
var start = 20_000 // the first; 100 to 200000
var a, b = 1, 2
var names = []string{ // inner
  "a", // x
  "b;",
} // names; one of "a", "b; c" or "d"
var (
   big int64 = 3 // in a group
   pause = 2 * time.Second // pause; 1ms to 5s.
)
var quoted = "a // b"; var r = 'x'
!ls \\
var shell = 1
func init_x() {
var inside = 3
}
const fixed = 3
var _ = 5
%%
var local = 3
'''


def read(source):
    return {found.name: found for found in declaration.read(source)}


class ParametersCell(unittest.TestCase):
    def test_every_var_of_its_own_is_a_parameter(self):
        self.assertEqual(list(read(CELL)), ["start", "names", "big", "pause", "quoted", "r"])

    def test_type_default_and_comment(self):
        found = read(CELL)
        for name, kind, default, comment in [
            ("start", "int", "20_000", "the first; 100 to 200000"),
            ("names", "[]string", '[]string{ "a", "b;", }', 'names; one of "a", "b; c" or "d"'),
            ("big", "int64", "3", "in a group"),
            ("pause", "time.Duration", "2 * time.Second", "pause; 1ms to 5s."),
            ("quoted", "string", '"a // b"', ""),
            ("r", "rune", "'x'", ""),
        ]:
            with self.subTest(name):
                got = found[name]
                self.assertEqual((got.type.text, got.default, got.comment), (kind, default, comment))

    def test_limits_stand_in_the_comment(self):
        found = read(CELL)
        self.assertEqual(found["start"].limits[1:3], (100, 200000))
        self.assertEqual(found["names"].limits.choices, ("a", "b; c", "d"))
        self.assertEqual(found["pause"].limits[1:3], (10**6, 5 * 10**9))
        self.assertIsNone(found["big"].limits)

    def test_a_comment_that_only_reads_like_limits_is_none(self):
        for comment in ["from 1 to many", "one to rule them all", "moved to Paris", "one of the best", "1 to ten", "1 to 2.5"]:
            with self.subTest(comment):
                self.assertIsNone(read(f"var n = 1 // {comment}")["n"].limits)
        self.assertIsNone(read("var s = `a` // one of the best")["s"].limits)

    def test_a_range_is_read_as_a_reader_reads_it(self):
        for source, want in [
            ("1 // n; 1 to 1e6", (1, 10**6)), ("1 // from 1 to 64", (1, 64)), ("1 // n; 1 to 64 cores", (1, 64)),
            ("1 // n; 0 to 100%", (0, 100)), ("1 // n; 0 to 100 %.", (0, 100)), ("1 /* n; 1 to 64 */", (1, 64)),
            ("1 /* n */ // 1 to 64", (1, 64)), ("1 // 1.0 to 2_000.0", (1, 2000)), ("1 // -9007199254740993 to 1", (-(2**53) - 1, 1)),
            ("time.Second // from 5ms to 1m between two", None), ("time.Second // 5ms to 1m waiting", (5 * 10**6, 60 * 10**9)),
            ("0.5 // 0 to 1e-1 seconds", (0, 0.1)),
        ]:
            with self.subTest(source):
                limits = read(f"var n = {source}")["n"].limits
                self.assertEqual(limits and limits[1:3], want)

    def test_choices_keep_what_stands_in_quotes(self):
        for comment, want in [
            ('one of "a b" or "c or d"', ("a b", "c or d")), ('one of "a,b", "c", or "d".', ("a,b", "c", "d")), ("one of a or b c", ("a", "b c")),
        ]:
            with self.subTest(comment):
                self.assertEqual(read(f"var s = `a` // {comment}")["s"].limits.choices, want)
        self.assertEqual(read("var n = 1 // one of 1, 1e3 or 1e6")["n"].limits.choices, (1, 1000, 10**6))

    def test_a_comment_stands_at_the_end(self):
        self.assertEqual(read("/* lead */ var /* a */ n /* b */ int = /* 1 to 2 */ 5")["n"].comment, "")
        self.assertEqual(read("var n = 5/* a\nb */; var m = `x`/* c */")["m"].comment, "c")

    def test_what_is_no_go_is_no_error(self):
        for source in ["", "var", "var (", "var = 1", "var x", 'var x = "', "var x = [", "}{)(", "var x map[", "/*", "var ("]:
            with self.subTest(source):
                declaration.read(source)

    def test_a_notebook_without_the_tag_declares_nothing(self):
        self.assertEqual(declaration.declared_in([{"metadata": {}, "source": "var x = 1"}]), [])
