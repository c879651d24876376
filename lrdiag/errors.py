"""Every error that lrdiag raises on purpose.

LrdiagError
├── ReadError                 a log that cannot be turned into runs
│   ├── UnknownFormatError    no reader recognises the bytes
│   ├── MalformedLogError     a reader recognised the log, then could not read it
│   ├── EmptyLogError         the log holds no rows
│   └── LimitError            the log is larger than a stated limit
├── MissingSeriesError        a series was asked of a run that did not log it
├── UnknownNameError          no rule, role, format or task bears that name
├── ConfigError               a setting of the training run that makes no sense
├── InvalidSpecError          a range test or a task asked for with values that make no sense
├── DataError                 a user's data set that a task cannot be trained on
├── MissingPackageError       what was asked needs a package that is not installed
├── UntestableError           a model, optimizer or data that no range test can train
├── InterruptedTestError      a range test that another process of the training ended
├── OutOfMemoryError          a training step that does not fit the device's memory
└── MalformedResultError      data that should be a record of lrdiag and is not
"""


class LrdiagError(Exception):
    """What went wrong, in the user's words, and what the user can do about it.

    Attributes:
        message: What happened and what was seen, one or two sentences.
        hint: The one thing to do next; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ReadError(LrdiagError):
    """A log that cannot be turned into runs."""


class UnknownFormatError(ReadError):
    """No reader recognises the bytes."""


class MalformedLogError(ReadError):
    """A reader recognised the log, then could not read it."""


class EmptyLogError(ReadError):
    """The log holds no rows."""


class LimitError(ReadError):
    """The log is larger than a stated limit."""


class MissingSeriesError(LrdiagError):
    """A series was asked of a run that did not log it."""


class UnknownNameError(LrdiagError):
    """No rule, role, format or task bears that name."""


class ConfigError(LrdiagError):
    """A setting of the training run that makes no sense."""


class InvalidSpecError(LrdiagError):
    """A range test or a task asked for with values that make no sense."""


class UntestableError(LrdiagError):
    """A model, optimizer or data that no range test can train."""


class InterruptedTestError(LrdiagError):
    """A range test that another process of the training ended."""


class OutOfMemoryError(LrdiagError):
    """A training step that does not fit the device's memory."""


class MalformedResultError(LrdiagError):
    """Data that should be a record of lrdiag and is not."""


class DataError(LrdiagError):
    """A user's data set that a task cannot be trained on."""


class MissingPackageError(LrdiagError):
    """What was asked needs a package that is not installed."""
