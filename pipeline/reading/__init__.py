"""Document + form → one report: the official cells, each as printed; agency, year, dates, sections.

The document is walked once, line by line. A known label opens a row, the figures after it belong to it; in which
column each falls is settled in ``columns``. Knows where figures stand, not whether they make sense.

``recognition`` → ``table_reader`` → ``rows`` → ``columns``; ``identity`` beside it; ``report`` puts them together.
"""
