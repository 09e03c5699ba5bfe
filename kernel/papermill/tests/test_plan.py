import json
import tempfile
import unittest
from pathlib import Path

from papermill.iorw import NoDatesSafeLoader
import yaml

from gonb_papermill import plan
from gonb_papermill.value import Refused


def notebook(folder, name, source):
    path = Path(folder) / name
    path.write_text(json.dumps({"cells": [{"metadata": {"tags": ["parameters"]}, "source": [source]}]}))
    return str(path)


class Plan(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.primes = notebook(folder.name, "a", "var start = 1\nvar workers = 2 // n; 1 to 8\nvar name = `x`\nvar sizes []int\nvar share = 0.5\n"
                              "var pause = time.Second\nvar costs map[int]int\nvar free = f()")
        self.other = notebook(folder.name, "b", "var tasks = 4")

    def runs(self, *parameters):
        return [
            yaml.load(run["yaml"], NoDatesSafeLoader)
            for found in plan.plan([self.primes, self.other], list(parameters))["notebooks"]
            for run in found["runs"]
        ]

    def test_each_combination_runs_and_others_run_once(self):
        pairs = [{"start": s, "workers": w} for s in (5, 6) for w in (1, 2)]
        self.assertEqual(self.runs("start=5,6", "workers=1,2"), [*pairs, {}])

    def test_values_are_read_by_their_declared_type(self):
        for parameter, want in [
            ("name=5,true", ["5", "true"]), ("name=", [""]), ("name=a=b", ["a=b"]), ("name=2020-01-01", ["2020-01-01"]),
            ('name="a, b",c', ["a, b", "c"]), (r'name="\ud83d\ude00\u0085\u0000"', ["\U0001f600\x85\x00"]),
            ("sizes=[1,2],[3]", [[1, 2], [3]]), ("sizes=null", [None]),
            ("start=0x10,1_000,-3,010", [16, 1000, -3, 8]), ("share=1,.5,1e3,-Inf", [1.0, 0.5, 1000.0, float("-inf")]),
        ]:
            with self.subTest(parameter):
                name = parameter.partition("=")[0]
                self.assertEqual([run[name] for run in self.runs(parameter)[:-1]], want)

    def test_every_run_has_a_text_of_its_own(self):
        runs = plan.plan([self.primes], ['free=5,"5"'])["notebooks"][0]["runs"]
        self.assertEqual([run["values"][0]["text"] for run in runs], ["5", '"5"'])

    def test_what_cannot_be_is_refused(self):
        for parameter in [
            "start", "nope=1", "=1", "start=", "start=1,", "start=1.5", "start=1e3", 'start="1"', "workers=9", "name=[a",
            'name="a"b', "sizes=1", "sizes=[1", "sizes=[1.5]", "share=1e999", "share=0x", "start=" + "9" * 5000, "name=" + "[" * 100000,
        ]:
            with self.subTest(parameter[:20]), self.assertRaisesRegex(Refused, "^parameter "):
                self.runs(parameter)
        for parameter, want in [
            ("pause=" + "9" * 5000 + "h", r'want a time such as "1.5s" \(time.Duration\), got "999'),
            ("start=" + "9" * 5000, r'want a whole number \(int\), got "999'),
            ("start=-" + "9" * 30, r"want a whole number \(int\), got -999"),
            ("sizes=[" + "9" * 5000 + "]", 'want numbers of at most 400 digits, got "999'),
            ('costs={"' + "9" * 5000 + '":1}', r'want a whole number \(int\), got "999'),
            ("costs=[1e999]", 'want numbers that a float64 holds, got "1e999"'),
            ("free=" + "9" * 5000, r'want a whole number \(int\), got "999'),
        ]:
            with self.subTest(parameter[:20]), self.assertRaisesRegex(Refused, f'^parameter "?{parameter.partition("=")[0]}"?: {want}.{{,60}}$'):
                self.runs(parameter)
        with self.assertRaisesRegex(Refused, 'parameter "costs": want each key once, got "1" twice'):
            self.runs('costs={"1":2,"1":3}')
        for parameter, want in [
            ("workers=1,2,1", '"1" and "1"'), ("start=10,0xA", '"10" and "0xA"'), ("share=1,1.0", '"1" and "1.0"'),
            ("share=nan,NaN", '"nan" and "NaN"'), ("pause=1m,60s", '"1m" and "60s"'), ('name=a,"a"', '"a" and '),
            ("sizes=[1],[\n1]", r'"\[1\]" and "\[\\n1\]"'),
        ]:
            with self.subTest(parameter), self.assertRaisesRegex(Refused, f"want different values, got {want}.*$"):
                self.runs(parameter)
        with self.assertRaisesRegex(Refused, "given twice"):
            self.runs("start=1", "start=2")
