"""What a range test trains: cards that anyone can read, and the trainees they build.

Reading cards loads no torch; ``Task.build`` does.
"""

from lrdiag.training.card import Field, Task, Value
from lrdiag.training.catalogue import TASKS, BrokenTask, find_tasks, list_broken_tasks, task
from lrdiag.training.source import DataKind, DataSource
from lrdiag.training.trainee import Trainee

__all__ = [
    "TASKS",
    "BrokenTask",
    "DataKind",
    "DataSource",
    "Field",
    "Task",
    "Trainee",
    "Value",
    "find_tasks",
    "list_broken_tasks",
    "task",
]
