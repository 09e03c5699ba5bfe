import math
import unittest

import nbformat
import papermill.execute
from papermill.engines import papermill_engines
from papermill.parameterize import parameterize_notebook
from papermill.translators import papermill_translators

from gonb_papermill.translator import GoTranslator
from gonb_papermill.value import Refused


def book(language="go", cell="var x = 0.5 // half", tags=("parameters",)):
    found = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "k", "display_name": "K", "language": language}, "papermill": {}})
    found.cells = [nbformat.v4.new_code_cell(cell, metadata={"tags": list(tags)})]
    return found


class Papermill(unittest.TestCase):
    def test_the_translator_is_registered(self):
        for kernel, language in [("gonb", ""), ("other", "go")]:
            self.assertIs(papermill_translators.find_translator(kernel, language), GoTranslator)

    def test_every_type(self):
        for given, want in [
            (None, "nil"), (True, "true"), (-5, "-5"), (1e22, "1e+22"), (math.inf, "math.Inf(1)"),
            ('%%\n"`\\\x00\u2028é\ufeff', r'"%%\n\"`\\\x00\u2028é\ufeff"'),
            ([], "[]any{}"), ([1, 2.5], "[]float64{1.0, 2.5}"), ([1, None], "[]any{1, nil}"),
            ({"a": [1]}, 'map[string][]int{"a": []int{1}}'), ({}, "map[string]any{}"),
            ({"a": 1, "b": "c"}, 'map[string]any{"a": 1, "b": "c"}'), ({1: 2}, "map[int]int{1: 2}"),
        ]:
            with self.subTest(given=given):
                self.assertEqual(GoTranslator.translate(given), want)

    def test_the_notebook_says_what_is_declared(self):
        injected = parameterize_notebook(book(), {"x": 1}).cells[1]
        self.assertEqual(injected.source, "// Parameters\nvar x = 1.0\n")
        for parameters in [{"y": 1}, {"x": "a"}]:
            with self.assertRaises(Refused):
                parameterize_notebook(book(), parameters)
        with self.assertRaisesRegex(Refused, 'cell tagged "parameters"'):
            parameterize_notebook(book(tags=[]), {"x": 1})

    def test_nothing_is_left_over_for_the_next_notebook(self):
        parameterize_notebook(book(), {"x": 1})
        self.assertEqual(GoTranslator.codify({"y": 1}), "// Parameters\nvar y = 1\n")

    def test_papermills_own_parameters_need_no_declaration(self):
        source = parameterize_notebook(book(), {"PAPERMILL_INPUT_PATH": "a.ipynb"}).cells[1].source
        self.assertIn('var PAPERMILL_INPUT_PATH = "a.ipynb"', source)

    def test_notebooks_in_other_languages_are_as_ever(self):
        source = parameterize_notebook(book("python", "x = 1"), {"y": 1}).cells[1].source
        self.assertEqual(source, "# Parameters\ny = 1\n")

    def test_inspect_lists_the_parameters(self):
        (found,) = GoTranslator.inspect(book().cells[0])
        self.assertEqual(found, ("x", "float64", "0.5", "half"))
        (found,) = GoTranslator.inspect({"source": "var x = f()"})
        self.assertEqual(found, ("x", "None", "f()", ""))

    def test_the_engine_is_papermills_default(self):
        self.assertEqual(papermill_engines.get_engine(None).__name__, "GoEngine")


class ErrorsThatAreAllowed(unittest.TestCase):
    def setUp(self):
        from gonb_papermill import engine

        engine.allow_expected_errors()
        engine.allow_expected_errors()  # a second time changes nothing

    def executed(self, language, exception):
        found = book(language, tags=["raises-exception"])
        found.cells[0].metadata["papermill"] = {"exception": exception}
        found.cells[0].outputs = [nbformat.v4.new_output("error", ename="ERROR", evalue="1", traceback=[])]
        return found

    def test_papermill_raises_for_marked_cells_alone(self):
        papermill.execute.raise_for_execution_errors(self.executed("go", False), None)
        for found in [self.executed("go", True), self.executed("python", False)]:
            with self.assertRaises(papermill.PapermillExecutionError):
                papermill.execute.raise_for_execution_errors(found, None)
