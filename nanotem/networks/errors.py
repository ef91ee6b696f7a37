"""The error of a network."""

from nanotem.errors import NanotemError


class ModelError(NanotemError):
    """The files of a network are not what its card says."""
