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


if __name__ == "__main__":
    # The kernel's log goes to standard error.
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stdout, verbosity=2))
