"""The cloud of the tests next door."""

from cloud.tests.conftest import cloud

__all__ = ["cloud"]
