"""Papermill's engine for Go notebooks: papermill's own, which runs the notebook with nbclient, and five things more.

- It tells the translator what the notebook declares.
- A cell tagged `raises-exception` may fail, as in JupyterLab and nbconvert, and the run goes on after it.
- A cell that takes too long, or whose kernel dies, is marked as a failed one. Papermill marks it, and all the cells
  after it that never ran, as completed.
- Parameters that JSON has no word for, NaN and the infinities, do not spoil the notebook in which papermill notes them.
- A run that is stopped keeps what the cell had shown so far, and says which cell it was.

Notebooks in other languages run as ever.
"""

import json
import math
import os
import signal
import threading
import time
from contextlib import contextmanager

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger
from papermill.translators import papermill_translators

from . import declaration, translator

KERNEL = "gonb"
INJECTED = "injected-parameters"
PROGRESS = "MULTIPROCESSING_PROGRESS"


class CellLost(Exception):
    """The cell did not come to an end of its own; the notebook says why."""


class GoEngine(NBClientEngine):
    @classmethod
    def nb_language(cls, nb, language=None):
        found = super().nb_language(nb, language)
        translator.notebook.declared = declaration.declared_in(nb.cells) if found == "go" else None
        return found

    @classmethod
    def execute_notebook(cls, nb, kernel_name, *args, **kwargs):
        if is_go(nb) and "parameters" in nb.metadata.papermill:
            nb.metadata.papermill["parameters"] = as_json(nb.metadata.papermill["parameters"])
        return super().execute_notebook(nb, kernel_name, *args, **kwargs)

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        if not is_go(nb_man.nb) and kernel_name != KERNEL:
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        allow_expected_errors()
        client = GoClient(nb_man, kernel_name=kernel_name, log=logger, **client_options(**kwargs))
        try:
            with stopped_by_sigterm():
                return client.execute()
        except CellLost:
            return nb_man.nb  # papermill finds the mark and raises


def client_options(execution_timeout=None, start_timeout=60, timeout=None, startup_timeout=None, input_path=None, **others):
    return {**others, "timeout": execution_timeout or timeout, "startup_timeout": start_timeout}


def as_json(value):
    """value, with text for NaN and the infinities: papermill notes the parameters in the notebook, and JSON has none."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def is_go(nb) -> bool:
    metadata = nb.metadata
    return "go" in (metadata.get("language_info", {}).get("name"), metadata.get("kernelspec", {}).get("language"))


class GoClient(PapermillNotebookClient):
    def execute_cell(self, cell, index):
        report, began = self.progress(cell, index), time.monotonic()
        report("")
        try:
            done = super().execute_cell(cell, index)
        except (CellTimeoutError, DeadKernelError) as error:
            self.lose(cell, index, error)
            raise CellLost from error
        except KeyboardInterrupt as error:
            self.lose(cell, index, error)
            raise
        finally:
            report(f"{time.monotonic() - began:.1f} s")
        return done

    def lose(self, cell, index, error):
        """Marks the cell as failed, with an error of the kind that a kernel gives."""
        name, message = type(error).__name__, (str(error).splitlines() or ["stopped"])[0]
        traceback = [f"{name}: {message}"]
        cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=message, traceback=traceback))
        self.nb_man.cell_exception(cell, cell_index=index, exception=error)

    def progress(self, cell, index):
        """What tells of a cell, in the log and in the file that PROGRESS names, where no progress bar does. Cells that
        papermill added have no number."""
        own = [n for n, other in enumerate(self.nb.cells) if INJECTED not in other.metadata.get("tags", [])]
        if self.nb_man.pbar or cell.cell_type != "code" or index not in own:
            return lambda _: None
        number, of = own.index(index) + 1, len(own)

        def report(took):
            logger.info("Cell %d of %d: %s", number, of, took or "...")
            if path := os.environ.get(PROGRESS):
                with open(path, "a", encoding="utf-8") as file:
                    file.write(json.dumps({"cell": number, "of": of, "took": took}) + "\n")

        return report


def allow_expected_errors():
    """Has papermill raise only for cells that failed unexpectedly.

    After the engine is done papermill looks through the notebook by itself and raises for every error output, also for
    one that the tag `raises-exception` allows. It offers no hook there, so this replaces the function, once, by one that
    first looks at the marks of cell_exception: nbclient leaves those out for a tagged cell.
    """
    from papermill import execute  # not while papermill is being imported, which is when it loads this module

    original = execute.raise_for_execution_errors
    if getattr(original, "allows_expected_errors", False):
        return

    def raise_for_unexpected_errors(nb, output_path):
        marks = [cell.metadata.get("papermill", {}).get("exception") for cell in nb.cells]
        if not is_go(nb) or any(marks):
            original(nb, output_path)

    raise_for_unexpected_errors.allows_expected_errors = True
    execute.raise_for_execution_errors = raise_for_unexpected_errors


@contextmanager
def stopped_by_sigterm():
    """Makes SIGTERM what Ctrl-C is, so that the notebook is written and the kernel shut down."""
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


# Papermill has no translator for Go, and runs with the engine None unless it is told otherwise.
for language in ("go", KERNEL):
    papermill_translators.register(language, translator.GoTranslator)
for name in (None, "nbclient"):
    papermill_engines.register(name, GoEngine)
