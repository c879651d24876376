"""Console output: which lines hold names and numbers, and which of them make a curve."""
