"""The log formats that lrdiag reads."""
