// Answers a whole survey. Without script as somebody with a keyboard does: Tab, Space, arrows, Enter, letters. With
// script quickly, for axe to look at every page. Prints what it saw as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { job, launch, require } from "../web/browser.mjs";

const given = await job();
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const seen = { pages: [], passed: 0, violations: [], wide: [], requests: [], cookies: 0, console: [] };

const browser = await launch(given.textScale);
const context = await browser.newContext({
  viewport: { width: given.width, height: 740 },
  javaScriptEnabled: given.script,
  locale: given.language,
  colorScheme: given.scheme,
});
const page = await context.newPage();
page.on("request", (request) => seen.requests.push(`${request.method()} ${new URL(request.url()).pathname.slice(0, 3)}`));
page.on("console", (message) => seen.console.push(message.text()));

/** The browser puts autofocus on what is wrong a frame after the page has loaded: nobody's fingers are faster. */
async function settle() {
  if (await page.locator("[autofocus]").count()) await page.locator("[autofocus]:focus").waitFor();
}

async function look(name) {
  await settle();
  seen.pages.push({ name, title: await page.title(), language: await page.evaluate(() => document.documentElement.lang) });
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (content > window) seen.wide.push(`${name}: ${content} > ${window}`);
  if (given.pictures) await page.screenshot({ path: join(given.pictures, `${given.name}-${seen.pages.length}-${name}.png`), fullPage: true });
  if (!given.script) return;
  await page.evaluate(axe);
  const result = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), TAGS);
  seen.passed += result.passes.length;
  for (const each of result.violations) {
    seen.violations.push(`${name}: ${each.id} ${each.help}: ${each.nodes.map((node) => node.html).join(" | ").slice(0, 400)}`);
  }
}

const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const box = element.getBoundingClientRect();
    const told = getComputedStyle(element);
    const beside = element.nextElementSibling ? getComputedStyle(element.nextElementSibling) : told;
    const around = element.parentElement ? getComputedStyle(element.parentElement) : told;
    const visible = [told, beside, around].some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    return {
      name: element.getAttribute("name") ?? "", value: element.getAttribute("value") ?? "", type: element.getAttribute("type") ?? "",
      tag: element.tagName.toLowerCase(), visible, wide: Math.round(box.width), high: Math.round(box.height),
    };
  });

/** Tabs until `wanted` says yes; fails after a whole round. A group of radio buttons is one stop. */
async function tabTo(wanted, what) {
  for (let step = 0; step < 300; step += 1) {
    await page.keyboard.press("Tab");
    const here = await focused();
    if (here && !here.visible) seen.violations.push(`focus is not visible on ${here.name} ${here.value}`);
    if (here && wanted(here)) return here;
  }
  throw new Error(`Tab never reached ${what} on ${await page.title()}`);
}

async function press(go) {
  if (given.script) {
    await Promise.all([page.waitForNavigation(), page.locator(`button[name=go][value="${go}"]`).last().click()]);
    return;
  }
  await tabTo((here) => here.tag === "button" && here.name === "go" && here.value === go, go);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

/** A radio button: Tab enters the group, arrows go to the value, wherever the group begins. */
async function choose(name, value) {
  const here = await tabTo((each) => each.name === name && each.type === "radio", name);
  if (here.value === value) return page.keyboard.press("Space");
  for (let step = 0; step < 14; step += 1) {
    await page.keyboard.press("ArrowDown");
    if ((await focused()).value === value) return;
  }
  throw new Error(`arrows never reached ${value} of ${name}`);
}

/** A list for each place: arrows go down to the value. */
async function rank(name, values) {
  for (const [at, value] of values.entries()) {
    const lists = page.locator(`select[name="${name}"]`);
    await tabTo((each) => each.name === name && each.tag === "select", name);
    for (let step = 0; step < 14 && (await lists.nth(at).inputValue()) !== value; step += 1) await page.keyboard.press("ArrowDown");
    if ((await lists.nth(at).inputValue()) !== value) throw new Error(`arrows never reached ${value} of ${name}`);
  }
}

/** A date as the browser's language has its parts one after the other. */
async function asTyped(value) {
  const [year, month, day] = value.split("-");
  return given.language.startsWith("nl") ? day + month + year : month + day + year;
}

async function fillQuickly(name, value, ...more) {
  const lists = page.locator(`select[name="${name}"]`);
  if (await lists.count()) {
    for (const [at, each] of [value, ...more].entries()) await lists.nth(at).selectOption(each);
    return;
  }
  const choice = page.locator(`input[name="${name}"][value="${value}"]:is([type=radio],[type=checkbox])`);
  if (await choice.count()) await choice.check({ force: true });
  else await page.locator(`[name="${name}"]`).fill(value);
}

async function fill(field) {
  const [name, value, ...more] = field;
  if (given.script) return fillQuickly(name, value, ...more);
  const kind = await page.evaluate((each) => document.getElementsByName(each)[0]?.type, name);
  if (kind === "radio") return choose(name, value);
  if (kind === "checkbox") {
    await tabTo((here) => here.name === name && here.value === value, `${name} ${value}`);
    return page.keyboard.press("Space");
  }
  if (kind === "select-one") return rank(name, [value, ...more]);
  await tabTo((here) => here.name === name, name);
  if (kind === "date") return page.keyboard.type(await asTyped(value));
  await page.keyboard.press("Control+A");
  return page.keyboard.type(value);
}

await page.goto(given.address);
for (const step of given.steps) {
  if (step.look) await look(step.look);
  for (const field of step.fill ?? []) await fill(field);
  if (step.press) await press(step.press);
}
seen.cookies = (await context.cookies()).length;
await browser.close();
console.log(JSON.stringify(seen));
