"""Executes a notebook in place, also after a cell has failed."""

import sys

import nbclient
import nbformat

path = sys.argv[1]
book = nbformat.read(path, as_version=4)
nbclient.NotebookClient(book, allow_errors=True, timeout=300).execute()
nbformat.write(book, path)
