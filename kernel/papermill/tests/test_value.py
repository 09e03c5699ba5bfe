import math
import unittest

from gonb_papermill import assignment, declaration
from gonb_papermill.value import Refused

NAN, INF = math.nan, math.inf


def line(declared, given):
    (found,) = declaration.read(declared)
    return assignment.line(found.name, given, found)


class Values(unittest.TestCase):
    def test_the_declared_type_is_kept(self):
        for declared, given, want in [
            ("var x = 0.5", 1, "var x = 1.0"),
            ("var x = 0.5", NAN, "var x = math.NaN()"),
            ("var x = 0.5", -INF, "var x = math.Inf(-1)"),
            ("var x = 0.5", -0.0, "var x = math.Copysign(0, -1)"),
            ("var x float32", INF, "var x float32 = float32(math.Inf(1))"),
            ("var x int64 = 3", 4, "var x int64 = 4"),
            ("var x uint64", 2**64 - 1, "var x uint64 = 18446744073709551615"),
            ("var x = true", False, "var x = false"),
            ("var x = time.Second", "-1h1.5ms", "var x time.Duration = -3600001500000"),
            ("var x = []string{}", ["a", "b"], 'var x = []string{"a", "b"}'),
            ("var x = []string{}", None, "var x []string = nil"),
            ("var x [][]float64", [[1], []], "var x = [][]float64{[]float64{1.0}, []float64{}}"),
            ("var x [2]int", [1, 2], "var x = [2]int{1, 2}"),
            ("var x = map[string]int{}", {"a": 1}, 'var x = map[string]int{"a": 1}'),
            ("var x map[int]bool", {"-1": True}, "var x = map[int]bool{-1: true}"),
            ("var x any = 1", [1, "a"], 'var x any = []any{1, "a"}'),
            ("var x = f()", 1.5, "var x = 1.5"),
            ("var x Level = 1", 2, "var x Level = 2"),
        ]:
            with self.subTest(declared, given=given):
                self.assertEqual(line(declared, given), want)

    def test_a_wrong_value_is_refused_with_name_and_expectation(self):
        for declared, given, want in [
            ("var x = 1", 1.0, "a whole number (int)"),
            ("var x = 1", True, "a whole number"),
            ("var x = 1", "os.Exit(1)", "a whole number"),
            ("var x = 1", 2**63, "a whole number"),
            ("var x uint8", 256, "from 0 to 255 (uint8)"),
            ("var x = true", 1, "true or false"),
            ("var x = 0.5", "half", "a number"),
            ("var x = 0.5", 10**400, "a number"),
            ("var x float32", 1e39, "a number"),
            ("var x = `a`", 5, "text (string)"),
            ("var x = `a`", "\ud800", "half a character"),
            ("var x = time.Second", 5, '"1.5s"'),
            ("var x = time.Second", "9999999h", "292 years"),
            ("var x = []int{}", [1, "a"], "a whole number"),
            ("var x = []int{}", 5, "a list such as [1, 1] ([]int)"),
            ("var x [2]int", [1], "a list of 2"),
            ("var x = map[string]int{}", {1: 1}, "text"),
            ("var x = map[int]int{}", {1: 1, "1": 2}, "each key once"),
            ("var x = config{1}", 1, "cannot be given from outside"),
            ("var x = f()", {1.5: 1}, "all text or all whole numbers"),
            ("var x = f()", object(), "got a object"),
        ]:
            with self.subTest(declared, given=given):
                with self.assertRaises(Refused) as caught:
                    line(declared, given)
                self.assertIn("parameter x: want ", str(caught.exception))
                self.assertIn(want, str(caught.exception))
                self.assertNotIn("\n", str(caught.exception))

    def test_a_value_outside_of_its_limits_is_refused_with_them(self):
        for declared, bad, good in [
            ("var x = 1 // n; 1 to 64", 65, 64),
            ("var x = 1.5 // n; -1 to 1e3", NAN, -1),
            ("var x = []int{} // n; 1 to 4", [1, 5], [1, 4]),
            ('var x = "a" // n; one of "a", "b"', "c", "b"),
            ("var x = time.Second // n; 1s to 1m", "61s", "60s"),
            ("var x = 2 // n; one of 1, 2 or 4", 3, 4),
        ]:
            with self.subTest(declared):
                line(declared, good)
                with self.assertRaises(Refused) as caught:
                    line(declared, bad)
                limits = declared.rpartition("; ")[2]
                self.assertIn(f"want {limits}, got ", str(caught.exception))

    def test_a_list_that_holds_itself_is_refused(self):
        endless = []
        endless.append(endless)
        for declared in ["var x any", "var x = f()"]:
            with self.assertRaises(Refused):
                line(declared, endless)

    def test_a_name_that_is_no_go_name_is_refused(self):
        for name in ["x = 1; var y", "func", "_", "a-b", "", "a\n"]:
            with self.subTest(name), self.assertRaises(Refused):
                assignment.line(name, 1, None)

    def test_a_name_that_is_not_declared_is_refused_with_the_nearest(self):
        with self.assertRaisesRegex(Refused, "the parameters are workers; did you mean workers"):
            assignment.lookup("worker", declaration.read("var workers = 2"))
