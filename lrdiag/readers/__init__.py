"""Bytes to runs: the log formats that lrdiag reads."""

from lrdiag.readers.catalogue import READERS, find_readers, list_tools
from lrdiag.readers.columns import run_from_table, runs_from_table
from lrdiag.readers.decode import text_of
from lrdiag.readers.disk import read_path
from lrdiag.readers.folders import bundle
from lrdiag.readers.limits import Limits
from lrdiag.readers.read import LeftOut, Reading, read_logs, read_runs
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool, cells
from lrdiag.readers.unpack import unpack

__all__ = [
    "READERS",
    "Cells",
    "LeftOut",
    "Limits",
    "Reader",
    "Reading",
    "Source",
    "Table",
    "Tool",
    "bundle",
    "cells",
    "find_readers",
    "list_tools",
    "read_logs",
    "read_path",
    "read_runs",
    "run_from_table",
    "runs_from_table",
    "text_of",
    "unpack",
]
