"""Parameters for Go notebooks in papermill: a translator and an engine for the GoNB kernel.

It has these layers, each on the ones before it:

    cell           tells the Go of a cell from its commands, as the kernel does
    tokens         splits Go source into tokens and statements
    gotype         the Go types that a parameter may have
    expression     the type of the expression that a parameter begins with
    declaration    reads the parameters cell: names, types, defaults, comments, limits
    value          accepts a value for a type, or refuses it
    literal        writes an accepted value in Go
    assignment     one parameter: accept, check the limits, write
    translator     the same as papermill asks for it
    engine         runs the notebook; papermill loads it, through its entry point
    plan           the same for the command line `kernel run`: several notebooks, several values

Papermill loads the engine while it is being imported itself. Whoever imports translator or engine by hand imports
papermill first; the other modules need no papermill.
"""
