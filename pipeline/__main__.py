"""``python -m pipeline``."""

from pipeline.cli.commands import main

main()
