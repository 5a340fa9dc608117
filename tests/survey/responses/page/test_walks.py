"""Random respondents of random questionnaires full of logic: whoever does what the page says comes to send what the API
takes. A questionnaire that was accepted leaves nobody in a loop."""

import random
from dataclasses import replace
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.survey.responses.page.filled import NOT_APPLICABLE, Filled, Place, answer, carried
from services.survey.responses.page.flow import Turn, refused, turn
from services.survey.responses.page.questionnaire import Question, read
from services.survey.responses.page.steps import CHECK, START
from services.survey.responses.submission import Submission
from services.survey.surveys.answers import About, Checked, check, compile_definition
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.rules import faults
from services.survey.surveys.view import OfferedService, respondent_view
from tests.survey.surveys.logical import POSSIBLE, SERVICES, Definition, definitions

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
THIRD = "00000000-0000-4000-8000-00000000000c"
NO_WORD_BEFORE = {"empty", "tooFewServices"}  # what the page leaves to the API, for it goes by all answers together
MOST_PAGES = 100


class Respondent:
    """Answers some of what is asked and changes their mind; once the API refused it, chooses all the services they may,
    and answers all there is."""

    def __init__(self, definition: Definition, seed: int) -> None:
        self.chance = random.Random(seed)
        uses = self.chance.sample([*SERVICES, THIRD], self.chance.randint(1, 3))
        location = self.chance.choice(["x", "y", "elsewhere", None])
        self.about = About({"location": location} if location else {}, uses)
        self.services = [UUID(each) for each in uses]
        view = respondent_view(
            definition, organisation="O", language="nl", minimum_group=5, comment_minimum_group=10, token=str(seed),
            services=[OfferedService(each, {"nl": str(each)}, UUID(int=9), "P") for each in self.services],
            here=Circumstances(attributes=self.about.attributes, uses=uses),
        )  # fmt: skip
        self.questionnaire, self.compiled = read(view), compile_definition(definition)
        self.diligence = self.chance.choice([0.2, 0.6, 1])
        self.thorough = self.checked = False

    def send(self) -> None:
        filled = Filled()
        shown = turn(self.questionnaire, filled)
        for _ in range(MOST_PAGES):
            filled = self.fill_in(shown, filled)
            shown = turn(self.questionnaire, filled)
            if not shown.send:
                continue
            codes = self.refusals(shown, filled)
            if not codes:
                return
            assert codes <= NO_WORD_BEFORE
            assert not self.thorough
            self.thorough = True
            shown = replace(refused(shown, [("/answers", code) for code in codes]), step=shown.path[0])
        raise AssertionError("in a loop")

    def fill_in(self, shown: Turn, before: Filled) -> Filled:
        """The form of a page, as a browser sends it."""
        step, eager = shown.step, self.thorough or bool(shown.mistakes)
        names = {place.name for place in step.places} | {f"{place.name}.na" for place in step.places}
        fields: dict[str, tuple[str, ...]] = {}
        for name, value in carried(before, self.questionnaire, names | ({"service"} if step.name == START else set())):
            fields[name] = (*fields.get(name, ()), value)
        self.checked = self.checked or step.name == CHECK
        if step.name == START:
            fields["service"] = self.choice(shown, eager=eager)
        for place in step.places:
            wrong = any(mistake.name == place.name for mistake in shown.mistakes)
            fields |= self.entry(place, before, eager=eager, wrong=wrong)
        go = self.change(shown, before) if step.name == CHECK else ""
        return Filled(fields | {"step": (step.name,), "go": (go or "next",), "checked": ("1" if self.checked else "",)})

    def change(self, shown: Turn, before: Filled) -> str:
        """What the last page's buttons lead to: what is still open, or something else to think of again."""
        if self.thorough:
            still = (step for step in shown.path if not all(before.given(place) for place in step.places))
            return next((f"step.{step.name}" for step in still), "")
        return f"step.{self.chance.choice(shown.path).name}" if self.chance.random() < 0.3 else ""

    def choice(self, shown: Turn, *, eager: bool) -> tuple[str, ...]:
        offered = [each.id for each in self.questionnaire.services]
        named = {name for mistake in shown.mistakes for name in mistake.names}
        first = [each.id for each in self.questionnaire.services if each.name in named]
        rest = [each for each in self.chance.sample(offered, len(offered)) if each not in first]
        most = max(self.questionnaire.maximum_services, 1)
        number = most if eager else self.chance.randint(0, most)
        return tuple([*first, *rest][:number])

    def entry(self, place: Place, before: Filled, *, eager: bool, wrong: bool) -> dict[str, tuple[str, ...]]:
        question, kept = place.question, before.given(place)
        if kept and not wrong and (self.thorough or self.chance.random() < 0.8):
            return {place.name: kept}
        if not eager and self.chance.random() > self.diligence:
            return {}
        if question.not_applicable and self.chance.random() < 0.2:
            radio = question.type in ("yesNo", "importance", "singleChoice")
            return {place.name if radio else f"{place.name}.na": (NOT_APPLICABLE,)}
        return {place.name: self.value(question)}

    def value(self, question: Question) -> tuple[str, ...]:
        if not question.options:
            return (str(self.chance.choice(POSSIBLE[question.type])).lower(),)
        keys = [option.key for option in question.options]
        most = min(question.maximum_choices, len(keys)) if question.type != "singleChoice" else 1
        return tuple(self.chance.sample(keys, self.chance.randint(min(question.minimum_choices, most), most)))

    def refusals(self, shown: Turn, filled: Filled) -> set[str]:
        answers = [answer(place, filled) for place in shown.sent]
        body = msgspec.convert({"language": "nl", "answers": answers}, Submission)
        judged = check(self.compiled, body, self.services, self.about)
        return set() if isinstance(judged, Checked) else {error.code for error in judged}


def walk(definition: Definition, seed: int, respondents: int) -> None:
    assume(not any(True for _ in faults(definition)))
    for number in range(respondents):
        Respondent(definition, seed + number).send()


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(definitions(), st.integers(0, 2**32))
def test_whoever_does_what_the_page_says_can_send(definition: Definition, seed: int) -> None:
    walk(definition, seed, 5)


@pytest.mark.proof
@settings(max_examples=2_000, deadline=None, suppress_health_check=SLOW)
@given(definitions(), st.integers(0, 2**32))
def test_thousands_do_what_the_page_says_and_can_send(definition: Definition, seed: int) -> None:
    walk(definition, seed, 25)
