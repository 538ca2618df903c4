"""The same clean project folder as for other commands."""

from tests.cli.conftest import clean  # noqa: F401 - a fixture
