"""The server: HTTP, pages, storage. Knows lrdiag; decides nothing about curves."""
