"""Filed bytes → headings, paragraphs and grids of text, with the place of each; no meaning yet."""
