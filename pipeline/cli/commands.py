"""Every command: a module each kind, all of one group."""

from __future__ import annotations

from pipeline.cli import build, confirm, explain, fork, hand_in, measure, release, review, sbom, validate, web
from pipeline.cli.group import main

__all__ = [
    "build",
    "confirm",
    "explain",
    "fork",
    "hand_in",
    "main",
    "measure",
    "release",
    "review",
    "sbom",
    "validate",
    "web",
]
