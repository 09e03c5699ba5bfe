"""Jupyter's own tests of a kernel, for the kernel that set-up registers."""

import sys
import unittest

import jupyter_kernel_test


class GoKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "gonb"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = '%%\nfmt.Println("hello, world")'
    code_stderr = '%%\nfmt.Fprintln(os.Stderr, "oops")'
    code_display_data = [
        {"code": '%%\ndisplay.HTML("<b>bold</b>", "bold")', "mime": "text/html"},
    ]
    code_generate_error = '%%\npanic("lost")'
    code_inspect_sample = "%%\nfmt.Println"
    completion_samples = [
        {"text": "%%\nfmt.Fprintl", "matches": {"Fprintln"}},
        {"text": "func double(n int) int { return 2 * n }\n%%\ndoub", "matches": {"double"}},
        {"text": "%%\nprimes.IsP", "matches": {"IsPrime"}},
        {"text": "%env"},
        {"text": ""},
    ]
    complete_code_samples = ["", "%%\nfmt.Println(1)", "var x int", "func f() {\n\treturn\n}", "!ls", "%%bash\nfor i in 1", "import \"fmt\"\n%%\nfmt.Println()"]
    incomplete_code_samples = ["%%", "%%\nfor i := range 3 {", "func f() {", "var x = `text", "%%\nx := 1 +", "/* a comment", "%%\nfmt.Println("]
    invalid_code_samples = ["x = = 3", "%%\n)", "func f() { x := }", "x := 1"]

    # A Go cell has no value, so that there is no execute_result to look for; the sources serve the test of the history.
    code_execute_result = [{"code": "%%\nfmt.Println(1)"}, {"code": "%%\nfmt.Println(2)"}, {"code": "var historic = 3"}]
    code_history_pattern = "*historic*"
    supported_history_operations = ("tail", "range", "search")

    def test_execute_result(self):
        self.skipTest("a Go cell has no value")

    # On a busy machine gopls may answer later than a client waits. The kernel then answers that it has found nothing; a
    # client that asks again gets the answer.

    def test_completion(self):
        for sample in self.completion_samples:
            self.ask_until(lambda: self.kc.complete(sample["text"]), lambda found: "matches" not in sample or found["matches"])
        super().test_completion()

    def test_inspect(self):
        self.ask_until(lambda: self.kc.inspect(self.code_inspect_sample), lambda found: found["found"])
        super().test_inspect()

    def ask_until(self, ask, is_found):
        for _ in range(20):
            ask()
            if is_found(self.get_non_kernel_info_reply()["content"]):
                return


if __name__ == "__main__":
    # The kernel's log goes to standard error.
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stdout, verbosity=2))
