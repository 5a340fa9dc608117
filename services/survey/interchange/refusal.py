"""Why a file is no survey that can be brought in."""


class Unusable(Exception):
    """Nothing of the file is taken. `code` is the contract's."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def not_a_survey(detail: str) -> Unusable:
    return Unusable("notASurvey", detail)


def unreadable(detail: str) -> Unusable:
    return Unusable("unreadable", detail)
