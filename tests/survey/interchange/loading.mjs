// Loads a document as SurveyJS itself does, and says for each case of answers what is shown and what is wrong.
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";

const require = createRequire(join(process.env.KLANKBORD_WEB, "package.json"));
const { Model, getBuiltInVariableNames, settings } = require("survey-core");
const { lintSurvey } = require("survey-core/linter");
settings.comparator.caseSensitive = true; // as whoever shows a document of ours is told
const given = JSON.parse(readFileSync(0, "utf8"));

// A question as [name, question, the panel that it is in], seen through panels and tables.
function* shown(model) {
  for (const question of model.getAllQuestions()) {
    if (!question.isVisible || !question.page.isVisible) continue;
    if (question.getType() === "paneldynamic") {
      for (const [place, panel] of question.panels.entries())
        if (panel.isVisible)
          for (const inner of panel.questions) if (inner.isVisible && within(inner, panel)) yield* rows(inner, `${place}:`);
    } else yield* rows(question, "");
  }
}

function within(element, outermost) {
  for (let panel = element.parent; panel && panel !== outermost; panel = panel.parent) if (!panel.isVisible) return false;
  return true;
}

function* rows(question, before) {
  if (question.getType() !== "matrix") yield [before + question.name, question, []];
  else for (const row of question.visibleRows) yield [before + row.name, question, [row]];
}

function wrong(question, row) {
  if (!question.errors.length) return false;
  return row.length ? row[0].value === undefined || row[0].value === null : true;
}

// Answers one after the other, as somebody changes them: [name, or panel:place:name, value].
function answer(model, [name, value]) {
  const [panel, place, inner] = name.split(":");
  if (inner) model.getQuestionByName(panel).panels[place].getQuestionByName(inner).value = value;
  else model.getQuestionByName(name).value = value;
}

function look({ data, variables, steps }) {
  const model = new Model(given.document);
  for (const [name, value] of Object.entries(variables)) model.setVariable(name, value);
  model.data = data;
  for (const step of steps ?? []) answer(model, step);
  model.validate(true, false);
  const seen = [...shown(model)];
  return {
    data: model.data,
    shown: seen.map(([name]) => name),
    wrong: seen.filter(([, question, row]) => wrong(question, row)).map(([name]) => name),
    options: Object.fromEntries(seen.filter(([, question]) => question.visibleChoices).map(([name, question]) => [name, question.visibleChoices.map((choice) => choice.value)])),
    texts: Object.fromEntries(seen.map(([name, question]) => [name, question.locTitle.renderedHtml])),
  };
}

const model = new Model(given.document);
const errors = (model.jsonErrors ?? []).map((error) => error.message);
const found = lintSurvey(given.document).findings.filter((finding) => finding.severity === "error").map((finding) => `${finding.path}: ${finding.message}`);
const { unwrapPostfix, ...around } = settings.expressionVariables;
const names = [...Object.values(around), ...getBuiltInVariableNames()]; // by which a condition looks at no question
console.log(JSON.stringify({ errors, found, names, cases: given.cases.map(look) }));
