"""Charts: one table makes the rows, the data and the bars of each; drawn as SVG, as Plotly's figure, as CSV."""
