"""The errors that are shown to a person; any other exception is a bug."""


class NanotemError(Exception):
    """Something the user can mend: what happened, and what to do about it.

    Parameters
    ----------
    message
        What is wrong, with the value that was found and the limit it broke.
    hint
        The remedy, as a sentence of its own.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)  # both, or it could not be handed from process to process
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UnreadableFileError(NanotemError):
    """The bytes hold no image that can be analysed."""


class ScaleError(NanotemError):
    """The scale (nm per pixel) is missing, impossible or ambiguous."""


class ParameterError(NanotemError, ValueError):
    """A parameter is outside its limits, or a recipe file is wrong."""
