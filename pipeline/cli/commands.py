"""Every command: a module each kind, all of one group."""

from __future__ import annotations

from pipeline.cli import build, explain, fork, hand_in, measure, release, review, validate, web
from pipeline.cli.group import main

__all__ = ["build", "explain", "fork", "hand_in", "main", "measure", "release", "review", "validate", "web"]
