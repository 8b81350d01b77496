"""Invented reports in every format and layout, with the damage real ones show, and the truth about each cell.

``sheet`` prints consistent figures into the official tables, ``quirks`` damages them and says what may still be read,
``layouts`` writes bytes, ``cases`` puts the three together from a seed.
"""
