from tests.notification.fixtures import mails, office, survey_feed

__all__ = ["mails", "office", "survey_feed"]
