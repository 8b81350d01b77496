"""The published package, read by others: the only way in for pages, site and everyone else."""
