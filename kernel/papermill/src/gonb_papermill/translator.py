"""Parameters in Go, as papermill asks for them."""

import threading

from papermill.models import Parameter
from papermill.translators import Translator

from . import assignment, declaration, literal, value

# Papermill gives the translator the values but not the notebook. It asks the engine for the notebook's language just
# before, and there the engine leaves the declarations. None: it ran another engine, and nothing is known.
notebook = threading.local()


class GoTranslator(Translator):
    """Values become single `var` lines: in GoNB a later `var` replaces the earlier one of its name."""

    @classmethod
    def translate(cls, val):
        return literal.write(value.ANY, value.accept(value.ANY, val))

    @classmethod
    def comment(cls, cmt_str):
        return f"// {' '.join(cmt_str.split())}"

    @classmethod
    def assign(cls, name, str_val):
        return f"var {name} = {str_val}"

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        declared, notebook.declared = getattr(notebook, "declared", None), None
        lines = [cls.comment(comment)]
        for name, given in parameters.items():
            found = None if declared is None else assignment.lookup(name, declared)
            lines.append(assignment.line(name, given, found))
        return "\n".join(lines) + "\n"

    @classmethod
    def inspect(cls, parameters_cell):
        return [
            Parameter(name=found.name, inferred_type_name=found.type.text or "None", default=found.default, help=found.comment)
            for found in declaration.read(parameters_cell["source"])
        ]
