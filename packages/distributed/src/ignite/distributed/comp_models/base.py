"""The base of computation models, which is the backends' own."""

from ignite.distributed.interface import Backend as ComputationModel

__all__ = ["ComputationModel"]
