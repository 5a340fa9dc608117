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
# By these a condition looks at what it stands in: the question or the option itself, a panel, a row of a table.
OF_ITSELF = frozenset({"self"})
OF_OPTION = frozenset({"item", "choice"})
OF_PANEL = frozenset({"panelindex", "visiblepanelindex", "prevpanel", "nextpanel", "parentpanel"})
OF_ROW = frozenset({
    "row", "rowindex", "visiblerowindex", "rowvalue", "rowname", "rowtitle", "prevrow", "nextrow", "totalrow",
})  # fmt: skip
# By these it looks into the list of answers of the question with the condition, or does not load a panel with a question
# of that name: what each object or list of JavaScript has is there already.
OF_LIBRARY = frozenset({
    "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
    "length", "push", "pop", "shift", "unshift", "splice",
})  # fmt: skip
UNWRAPPED = "-unwrapped"  # behind the name of another question: its answer
JOINER = "\N{WORD JOINER}"  # not seen, and in no name: what stands in braces with it is found by nobody
EXTRAS = "klankbord"  # the calculated value that holds what SurveyJS has no word for
