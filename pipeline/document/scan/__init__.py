"""Pictures of pages → ruling lines and pieces of text with their places: what other readers find in a file's own data.

``pictures`` → ``straight`` → ``lines`` → ``page``, which asks ``engine``, the only module that knows what recognises.
Needs the extra ``scan``; outside of it only ``extra`` and ``recognise`` are
imported, which do without.
"""
