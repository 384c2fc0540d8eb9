"""The error tree. Every error that a user can meet is one of these.

::

    AnnotateError                 exit 1: the work failed
    ├── InputError                a file or document that can't be used
    ├── PipelineError             a spaCy pipeline that can't be loaded or run
    ├── FormatError               a gold or training file that can't be written or read
    ├── ModelError                a trained model that can't be made, read or promoted
    ├── ServerError               the embedded Label Studio can't be made, started or stopped
    ├── StudioError               what a Label Studio server answered
    │   ├── StudioUnreachable     nothing answers at the address
    │   ├── StudioTimeout         no answer in time; the work may have been done
    │   ├── StudioUnauthorized    401 or 403, with the reason that was found
    │   └── StudioRefused         any other 4xx or 5xx
    └── CallError                 exit 2: the call is wrong
        ├── ConfigError           annotate.toml or label_config.xml
        └── ProjectNotFound       no project of that name

A message says what is wrong, where, and what to do next, in one or two lines.
"""


class AnnotateError(Exception):
    """Root of the tree; ``exit_code`` is what the command line returns."""

    exit_code = 1


class InputError(AnnotateError):
    """A file or document that can't be used."""


class PipelineError(AnnotateError):
    """A spaCy pipeline that can't be loaded or run."""


class FormatError(AnnotateError):
    """A gold or training file that can't be written or read."""


class ModelError(AnnotateError):
    """A trained model that can't be made, read or promoted."""


class ServerError(AnnotateError):
    """The embedded Label Studio can't be made, started or stopped."""


class StudioError(AnnotateError):
    """What a Label Studio server answered."""


class StudioUnreachable(StudioError):
    """Nothing answers at the address."""


class StudioTimeout(StudioError):
    """No answer in time; the server may have done the work all the same."""


class StudioUnauthorized(StudioError):
    """The server answered 401 or 403."""


class StudioRefused(StudioError):
    """The server answered any other 4xx or 5xx; ``status`` is that number."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class CallError(AnnotateError):
    """The call itself is wrong."""

    exit_code = 2


class ConfigError(CallError):
    """``annotate.toml`` or ``label_config.xml`` can't be used."""


class ProjectNotFound(CallError):
    """The server has no project of that name."""
