"""What can be exported: the lists of the API."""

from typing import NamedTuple


class List(NamedTuple):
    service: str
    path: str
    says: str


LISTS = {
    "units": List("survey", "/units", "The organisation's tree."),
    "employees": List("survey", "/employees", "The people, those who left too."),
    "services": List("survey", "/services", "What providers deliver."),
    "audiences": List("survey", "/audience-matrix", "Which units use which service, and how many people that are."),
    "interactions": List("survey", "/interactions", "Uses of services that were reported."),
    "surveys": List("survey", "/surveys", "The surveys there are; one of them: `export survey KEY`."),
    "programmes": List("survey", "/programmes", "What is measured, and how often."),
    "waves": List("survey", "/waves", "What was fielded, and when."),
    "imports": List("survey", "/imports", "What became of pushed files."),
    "keys": List("survey", "/api-keys", "Who may call, without the keys."),
    "scores": List("analytics", "/scores", "Every figure of the latest releases; hidden ones with their reason."),
    "releases": List("analytics", "/releases", "What is readable since when."),
    "response-rates": List("analytics", "/response-rates", "How many of those invited answered."),
    "deliveries": List("notification", "/deliveries", "What was sent to whom, and how it went."),
}
