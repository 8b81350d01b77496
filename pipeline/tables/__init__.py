"""Document + form → the official cells, each as printed. Knows where figures stand, not whether they make sense.

The document is walked once, line by line. A known label opens a row, the figures after it belong to it. How the
figures of a row fall into its columns is settled in ``placement``.

``recognition`` → ``walk``, which asks ``prose`` and ``padding`` → ``repeats``; what they hand on is a row of ``rows``.
"""
