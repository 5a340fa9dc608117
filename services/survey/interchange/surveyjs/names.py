"""Names that our own exports have beside those of the survey."""

PAGE = "page-"  # before a section's key: names of pages and of questions must differ
PART = "section:"  # before the key of one of several sections about services: no question's key has a colon
OF_SERVICE = ("serviceId", "serviceName", "providerName")  # of the service that a panel is about
NOT_APPLICABLE = "notApplicable"  # the answer, and what is behind the name of a question for the box beside it
SERVICE_NAME = "{panel.serviceName}"
ATTRIBUTE = "attribute_"  # before an attribute's key
SERVICES = {"usedServices": "uses", "ratedServices": "rates", "panel.serviceId": "is"}
# What SurveyJS fills in and looks at by itself, before a question of that name; in small letters.
BUILT_IN = frozenset({
    "pageno", "pagecount", "questioncount", "correctedanswers", "correctanswers", "correctedanswercount",
    "incorrectedanswers", "incorrectanswers", "incorrectedanswercount", "locale",
})  # fmt: skip
# By these it looks at something else too, or does not load a panel with a question of that name: what each object of
# JavaScript has is there already.
OF_LIBRARY = frozenset({
    "self", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString",
    "valueOf",
})  # fmt: skip
EXTRAS = "klankbord"  # the calculated value that holds what SurveyJS has no word for
