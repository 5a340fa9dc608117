"""The organisation of the tests of surveys."""

from tests.survey.surveys.conftest import House, house

__all__ = ["House", "house"]
