"""A file that somebody hands in → a filed report: which agency, which year, whether it is there already, and the files to write.

Comes in: bytes, the report read from them, what the person says. Goes out: a ``Plan`` that is written whole or not at all.
Nothing is taken from the file's name but its extension. Names of agencies never become paths; ids do, after a pattern.

``request`` → ``reading`` → ``plan``, which asks ``agency`` and ``comparison`` → ``writing`` → ``summary``.
"""
