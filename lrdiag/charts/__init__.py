"""Charts: plotly figures as plain data."""
