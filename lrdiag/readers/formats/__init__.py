"""One file for each log format that lrdiag reads."""
