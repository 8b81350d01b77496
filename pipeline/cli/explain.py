"""A rule or finding code in words. Everything it says stands in ``knowledge/``."""

from __future__ import annotations

import click

from pipeline.cli import render
from pipeline.cli.group import friendly, main


@main.command()
@click.argument("code")
@friendly
def explain(code: str) -> None:
    """用文字解释一条规则或一种问题。 Explains a rule or a finding code in words."""
    click.echo(render.explanation(code))
