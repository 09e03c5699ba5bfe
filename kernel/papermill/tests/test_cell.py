import json
import pathlib
import unittest

from gonb_papermill import cell

CASES = pathlib.Path(__file__).parents[2] / "internal/cell/testdata/reading.json"


def filled(source):
    return [line.rstrip(" ") for line in source.split("\n") if line.strip(" ")]


class Cells(unittest.TestCase):
    def test_a_cell_is_read_as_the_kernel_reads_it(self):
        cases = json.loads(CASES.read_text(encoding="utf-8"))
        self.assertGreater(len(cases), 20)
        for case in cases:
            with self.subTest(case["name"]):
                found = cell.read(case["cell"])
                self.assertEqual(filled(found.go), case["go"])
                self.assertEqual(None if found.body is None else filled(found.body), case.get("body"))
                self.assertEqual(found.commands, case["commands"])
