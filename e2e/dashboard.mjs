// Drives the dashboard in a real Chromium.
//
//     node dashboard.mjs BASE_URL API_KEY CHROMIUM PICTURES [scripted | real | upstream | picture]
//
// API_KEY is "-" for a node that wants none. "scripted" does all checks but the few that need more; that node holds back the
// end of a "long story", so that there is something to stop. "real" is for a node with real models, by meaning too, and
// "upstream" for one in front of another engine: both do what is different there. "picture" checks nothing, but uses the node
// for a while and takes the picture of docs/images.
// Prints a line per check and "N passed, N failed"; the exit status is 1 if any failed.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

// The libraries lie in the folder this is started from, not beside this file.
const require = createRequire(path.join(process.cwd(), "here.js"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [base, key, executablePath, pictures, mode] = process.argv.slice(2);
const PATIENCE = 60_000;

// The first user of a container is root, whom Chromium's sandbox does not take; the page is our own.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, colorScheme: "light" });
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE);

let errors = [];
const foreign = [];
page.on("console", (message) => {
  if (["error", "warning"].includes(message.type())) errors.push(`${message.text()} ${message.location().url}`);
});
page.on("pageerror", (fault) => errors.push(fault.stack));
context.on("request", (sent) => {
  if (new URL(sent.url()).origin !== new URL(base).origin && !sent.url().startsWith("data:")) foreign.push(sent.url());
});

const text = (selector) => page.locator(selector).innerText();
const live = () => page.waitForSelector("#connection[data-good=true]");
const LAST = "#turns .turn:last-child";

/** Waits for the last question's answer number `count`, complete. */
const answered = (count) => page.waitForFunction(
  ([last, wanted]) => {
    const done = document.querySelectorAll(`${last} .answer[aria-busy=false]`).length === wanted;
    return done && document.querySelector(`${last} .again button:not(:disabled)`) !== null;
  }, [LAST, count]);

async function ask(question) {
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await answered(1);
}

async function askAgain(count = 2) {
  await page.getByRole("button", { name: "Ask again" }).click();
  await answered(count);
}

const newChat = () => page.getByRole("button", { name: "New chat" }).click();
const lastLayer = () => page.locator(`${LAST} .answer`).last().getAttribute("data-layer");
const rowOf = (question) => page.locator("#answer-rows tr", { hasText: question });

/** Answers of other words than anybody has asked this node before. */
const fresh = (words) => `${words} (${process.pid})`;

/** Violations of WCAG 2.2 A and AA that a program can find; the contrast of each text among them. */
async function accessible(where) {
  // Not as a script element: the page's own policy would refuse it, as it should.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document,
    { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
  assert.deepEqual(found, [], where);
  assert.ok(passes.some(({ id }) => id === "color-contrast") && passes.length > 20, `${passes.length} rules were looked at`);
}

const checks = {
  async asksForAKeyOnceAndTakesNoWrongOne() {
    await page.goto(base);
    if (key !== "-") {
      for (const [given, words] of [["sk-wrong", /No API key/], [key, /not one that this node knows/]]) {
        await page.waitForFunction((source) => new RegExp(source).test(document.querySelector("#key-problem").textContent),
          words.source);
        await page.fill("#key-input", given);
        await page.press("#key-input", "Enter");
      }
      await page.waitForSelector("#key-dialog", { state: "hidden" });
    }
    await live();
    assert.ok(errors.every((line) => /401/.test(line)), errors.join("\n"));
    errors = [];
    await page.reload();
    await live();
    // Real models take their time.
    if (mode === "real") await page.fill("#most-tokens", "16");
  },

  async saysWhatThereIsNotYet() {
    assert.match(await text("#no-blocks"), /No request has been answered/);
    assert.match(await text("#no-turns"), /Ask something/);
    await page.fill("#query", "nobody ever asked this");
    await page.waitForFunction(() => /No remembered question/.test(document.querySelector("#remembered-state").textContent));
    await page.fill("#query", "");
  },

  async chatStreams() {
    await page.evaluate(() => {
      globalThis.steps = new Set();
      new MutationObserver(() => steps.add(document.querySelector("#turns .answer .text")?.textContent))
        .observe(document.querySelector("#turns"), { subtree: true, childList: true, characterData: true });
    });
    await ask(fresh("What is the capital of France?"));
    const seen = await page.evaluate(() => [...steps].filter(Boolean));
    assert.ok(seen.length > 2, `the text grew in ${seen.length} steps`);
    assert.ok(seen.every((step, i) => i === 0 || step.startsWith(seen[i - 1])), "each step adds to the one before");
    assert.ok(["compute", "state"].includes(await lastLayer()));
    assert.match(await text(`${LAST} .label`), mode === "upstream" ? /^Computed now · by the engine scripted · .*tokens?/
      : /^(Computed now|Continued from a remembered state) · .*tokens?/);
  },

  async aSecondAskIsALabelledHit() {
    const white = await page.locator('#blocks [data-layer="answer"]').count();
    await askAgain();
    const texts = await page.locator(`${LAST} .answer .text`).allInnerTexts();
    assert.equal(texts[1], texts[0]);
    assert.equal(await lastLayer(), "answer");
    assert.match(await page.locator(`${LAST} .label`).last().innerText(), /^Remembered exactly · .* old · /);
    assert.match(await page.textContent("#announcement"), /Remembered exactly/);
    await page.waitForFunction((before) => document.querySelectorAll('#blocks [data-layer="answer"]').length > before, white);
    assert.match(await page.getAttribute("#blocks", "aria-label"), /1 exact/);
    assert.match(await page.locator("#latest li").first().innerText(), /Remembered exactly · .* saved /);
  },

  async theProofIsShownAndChecked() {
    await page.getByRole("button", { name: "Show the proof" }).click();
    await page.waitForSelector("#inspect-body .facts");
    const shown = await text("#inspect-body");
    assert.match(shown, /Says the node\s+valid/);
    assert.match(shown, /Says your browser\s+(checked in this browser: hash and signature are right|not checked: this browser)/);
    assert.match(shown, mode === "upstream" ? /Verification\s+unverified-engine/ : /Verification\s+exact-engine/);
    await page.keyboard.press("Escape");
    await page.waitForSelector("#inspect-dialog", { state: "hidden" });
  },

  async aForgedProofIsRefused() {
    await page.route("**/theseus/v1/cache/*", async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.proof.computed_at_millis += 1;
      await route.fulfill({ response, json: body });
    });
    await page.getByRole("button", { name: "Show the proof" }).click();
    await page.waitForSelector("#inspect-body .facts");
    assert.match(await text("#inspect-body"), /Says your browser\s+(refused: the signature does not fit|not checked: this browser)/);
    await page.unroute("**/theseus/v1/cache/*");
    await page.keyboard.press("Escape");
  },

  async figuresCountWhatWasSaved() {
    await page.waitForFunction(() => /\d/.test(document.querySelector("#chart-words").textContent.split(":")[1] ?? ""));
    assert.match(await text("#figures"), /From memory\s+[1-9]\d* %|From memory\s+\d+\.\d %/);
    const energy = () => page.locator("#figures div", { hasText: "Energy saved" }).innerText();
    await page.fill("#watts", "90");
    assert.match(await energy(), /at 90 W/);
    await page.fill("#watts", "45");
    assert.match(await energy(), /at 45 W/);
    assert.match(await text("#models"), /States in memory: [\d,]+ tokens? of [\d,]+/);
  },

  async otherEnginesAreShown() {
    const shown = await text("#models");
    assert.match(shown, /Engine scripted\s+0 requests running there, [1-9]\d* so far/);
    assert.doesNotMatch(shown, /No model/);
    assert.deepEqual(await page.locator("#model option").allInnerTexts(), ["fake-model"]);
    assert.equal(await page.isVisible('#legend [data-layer="state"]'), false, "a node without models has no states");
  },

  async statesOnDiskAreShown() {
    // Only whole blocks of 64 tokens are kept.
    await newChat();
    await ask(`${fresh("Which word is here more often than any other?")} ${"The cat sat on the mat and saw the dog. ".repeat(9)}`);
    await page.waitForFunction(() => /States on disk\s+[\d,]+ tokens of prompts in [\d.]+ [KMG]iB/.test(
      document.querySelector("#models").innerText));
  },

  async aParaphraseIsALabelledHitForWhoWantsThat() {
    assert.equal(await page.isChecked("#meaning"), false);
    await page.check("#meaning");
    await page.fill("#most-tokens", "8");
    await newChat();
    await ask(fresh("Say hello"));
    const found = () => text("#models").then((words) => Number(/(\d+) questions? can be found/.exec(words)?.[1] ?? -1));
    const grows = (before) => page.waitForFunction(
      (least) => Number(/(\d+) questions? can be found/.exec(document.querySelector("#models").innerText)?.[1] ?? -1) > least,
      before);
    await grows(-1);
    // Now and then one that could be served is computed, to see whether it would have been right.
    for (const thing of ["photosynthesis", "the capital of Japan", "the chemical symbol for gold", "gravity", "a volcano"]) {
      const before = await found();
      await newChat();
      await ask(`What is ${thing}?`);
      const first = await text(`${LAST} .answer .text`);
      await grows(before);
      await newChat();
      await ask(`What's ${thing}?`);
      if ((await lastLayer()) !== "meaning") continue;
      assert.equal(await text(`${LAST} .answer .text`), first);
      assert.match(await text(`${LAST} .label`), /^Remembered by meaning · .* old · similarity 0\.9\d+ · /);
      await page.waitForSelector('#blocks [data-layer="meaning"]');
      await page.waitForFunction(() => /[1-9]\d* answers? served/.test(document.querySelector("#models").innerText));
      await page.uncheck("#meaning");
      await newChat();
      await ask(`What's ${thing}?`);
      assert.notEqual(await lastLayer(), "meaning");
      return;
    }
    assert.fail("no paraphrase was served");
  },

  async aPinSurvives() {
    const question = fresh("Name three rivers.");
    await newChat();
    await ask(question);
    await rowOf(question).getByRole("button", { name: /^Pin/ }).click();
    await rowOf(question).getByText("pinned", { exact: true }).waitFor();
    await page.reload();
    await rowOf(question).getByText("pinned", { exact: true }).waitFor();
    await rowOf(question).getByRole("button", { name: /^Unpin/ }).click();
    await rowOf(question).getByText("pinned", { exact: true }).waitFor({ state: "detached" });
  },

  async deleteMakesItAMiss() {
    const question = fresh("What is the capital of Spain?");
    await newChat();
    await ask(question);
    await askAgain();
    assert.equal(await lastLayer(), "answer");
    await rowOf(question).getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    await askAgain(3);
    assert.equal(await lastLayer(), "answer", "kept");
    await rowOf(question).getByRole("button", { name: /^Delete/ }).click();
    await page.locator("#delete-dialog").getByRole("button", { name: "Delete" }).click();
    await rowOf(question).waitFor({ state: "detached" });
    await askAgain(4);
    assert.ok(["compute", "state"].includes(await lastLayer()), await lastLayer());
  },

  async computeAnewDoesNotUseMemory() {
    await page.getByRole("button", { name: "Compute anew" }).click();
    await answered(5);
    assert.ok(["compute", "state"].includes(await lastLayer()), await lastLayer());
  },

  async whatPeopleWriteNeverBecomesMarkup() {
    await newChat();
    await ask(fresh('<img src="x" onerror="document.title=1"><b>bold</b>'));
    await rowOf("<b>bold</b>").first().waitFor();
    assert.equal(await page.locator("#turns img, #turns .question b, #answers img, #answers b").count(), 0);
    assert.equal(await page.title(), "Theseus");
  },

  async theKeyboardIsEnough() {
    const question = fresh("What colour is the sky?");
    await page.reload();
    await live();
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    const tabTo = async (name) => {
      for (let i = 0; i < 40 && (await focused()) !== name; i++) {
        await page.keyboard.press("Tab");
        const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.notEqual(ring, "none", `${await focused()} shows no focus`);
      }
      assert.equal(await focused(), name);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the chat");
    await page.keyboard.press("Enter");
    await page.keyboard.type(question);
    assert.equal(await page.inputValue("#question"), question);
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("Answer in a word.");
    await page.keyboard.press("Enter");
    await answered(1);
    assert.match(await text(`${LAST} .question`), /\nAnswer in a word\.$/);
    for (let i = 0; i < 6 && (await focused()) !== "Ask again"; i++) await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await answered(2);
    assert.equal(await lastLayer(), "answer");
    await page.waitForFunction(() => document.activeElement.textContent === "Ask again");
    await rowOf(question).waitFor();
    await tabTo("Pin");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.textContent === "Unpin");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Delete");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.value === "delete");
    await page.keyboard.press("Enter");
    await rowOf(question).waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement !== document.body);
  },

  async stopStops() {
    for (const stop of [() => page.keyboard.press("Escape"), () => page.getByRole("button", { name: "Stop" }).click()]) {
      await newChat();
      await page.fill("#question", "Tell me a long story");
      await page.press("#question", "Enter");
      await page.waitForFunction(() => /And then/.test(document.querySelector("#turns").textContent));
      assert.ok(await page.isEnabled("#stop"));
      await stop();
      await page.waitForSelector('#turns .answer[data-layer="failed"]');
      assert.match(await text(`${LAST} .label`), /Stopped/);
      assert.ok(await page.isDisabled("#stop"));
    }
    await newChat();
  },

  async pagesAndSearchFindEverything() {
    const headers = { "content-type": "application/json", ...(key === "-" ? {} : { authorization: `Bearer ${key}` }) };
    for (let i = 0; i < 12; i++) {
      const messages = [{ role: "user", content: fresh(`Say the number ${i}`) }];
      const body = JSON.stringify({ messages, temperature: 0, max_completion_tokens: 2 });
      const response = await fetch(`${base}/v1/chat/completions`, { method: "POST", headers, body });
      assert.equal(response.status, 200, await response.text());
    }
    await page.fill("#query", `number 11 (${process.pid})`);
    await page.waitForFunction(() => document.querySelectorAll("#answer-rows tr").length === 1);
    await page.fill("#query", `(${process.pid})`);
    await page.waitForFunction(() => document.querySelectorAll("#answer-rows tr").length === 10);
    assert.match(await text("#page-words"), /^1 to 10 of \d+$/);
    assert.ok(await page.isDisabled("#newer"));
    await page.click("#older");
    await page.waitForFunction(() => /^11 to /.test(document.querySelector("#page-words").textContent));
    await page.click("#newer");
    await page.waitForFunction(() => /^1 to /.test(document.querySelector("#page-words").textContent));
    await page.fill("#query", "");
  },

  async comesBackWhenTheConnectionBreaks() {
    await page.route("**/theseus/v1/events", (route) => route.abort());
    await page.reload();
    await page.waitForFunction(() => /not connected .* trying again in \d+ s/.test(document.querySelector("#connection").textContent));
    await page.unroute("**/theseus/v1/events");
    await live();
    assert.ok(errors.every((line) => /ERR_FAILED/.test(line)), errors.join("\n"));
    errors = [];
  },

  async fitsEveryWidthInBothSchemesAndIsAccessible() {
    await ask(fresh("What is two and two?"));
    await askAgain();
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const width of [360, 768, 1024, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${scheme} ${width} scrolls`);
        // In both schemes once is enough.
        const looked = mode === "real" ? [scheme === "light" ? 1600 : 360] : [360, 1600];
        if (looked.includes(width)) {
          await accessible(`${scheme} ${width}`);
          await page.screenshot({ path: path.join(pictures, `${scheme}-${width}.png`), fullPage: true });
        }
      }
    }
    await page.locator("#answer-rows button").first().click();
    await page.waitForSelector("#inspect-body .facts");
    await accessible("the dialog");
    await page.keyboard.press("Escape");
  },

  async theReaderChoosesTheColours() {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.selectOption("#theme", "light");
    const light = await ground();
    await page.selectOption("#theme", "dark");
    const dark = await ground();
    assert.notEqual(light, dark);
    await page.reload();
    assert.equal(await ground(), dark, "kept");
    await page.emulateMedia({ colorScheme: "light" });
    await page.selectOption("#theme", "auto");
    assert.equal(await ground(), light);
  },

  async nothingMovesForThoseWhoWantThat() {
    const moves = () => page.evaluate(() => {
      const block = document.createElement("span");
      block.className = "block falling";
      document.querySelector("#blocks").append(block);
      const name = getComputedStyle(block).animationName;
      block.remove();
      return name;
    });
    assert.equal(await moves(), "fall");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await moves(), "none");
    await page.emulateMedia({ reducedMotion: "no-preference" });
  },

  async saidNothingToAnyoneElseAndHadNoErrors() {
    assert.deepEqual(foreign, []);
    assert.deepEqual(errors, []);
  },
};

/** A picture of a node in use, for people who have not started one yet. */
async function picture() {
  const headers = { "content-type": "application/json", ...(key === "-" ? {} : { authorization: `Bearer ${key}` }) };
  await page.setViewportSize({ width: 1280, height: 1400 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(base);
  await live();
  await page.check("#meaning");
  const rules = "You are a patient teacher of geography. Answer in plain words, briefly. ".repeat(5);
  const subjects = ["gravity", "photosynthesis", "a volcano", "machine learning", "a black hole"];
  const things = ["a river", "a lake", "a mountain", "an island"];
  for (let i = 0; i < 72; i++) {
    // Later ones are more and more often something that was asked before; some in other words.
    const thing = things[(i * i + (i >> 2)) % things.length];
    const number = 2 + (i % 2);
    const content = i % 7 < 5 ? `Name ${thing}. Use ${number} words.`
      : `${i % 14 < 7 ? "What is" : "What's"} ${subjects[i % subjects.length]}?`;
    const messages = [...(i % 9 === 0 ? [{ role: "system", content: rules }] : []), { role: "user", content }];
    const body = JSON.stringify({ messages, temperature: 0, max_completion_tokens: 6 });
    await fetch(`${base}/v1/chat/completions`, { method: "POST", headers: { ...headers, "x-theseus-meaning": "on" }, body })
      .then((response) => response.text());
  }
  await page.fill("#most-tokens", "64");
  await ask("What is the capital of France?");
  await ask("Is it large?");
  await newChat();
  await ask("What is the capital of Japan?");
  await askAgain();
  await page.evaluate(() => document.activeElement.blur());
  await page.waitForFunction(() => document.querySelectorAll("#blocks .block").length > 72);
  await page.waitForFunction(() => /Of 76 requests/.test(document.querySelector("#chart-words").textContent));
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const height = await page.evaluate(() => document.querySelector("#remembered").getBoundingClientRect().top);
  await page.screenshot({ path: path.join(pictures, "dashboard.png"), clip: { x: 0, y: 0, width: 1280, height } });
}

const { otherEnginesAreShown, statesOnDiskAreShown, aParaphraseIsALabelledHitForWhoWantsThat, ...usual } = checks;
const { asksForAKeyOnceAndTakesNoWrongOne, chatStreams, aSecondAskIsALabelledHit, theProofIsShownAndChecked, deleteMakesItAMiss,
  figuresCountWhatWasSaved, fitsEveryWidthInBothSchemesAndIsAccessible, saidNothingToAnyoneElseAndHadNoErrors } = usual;
const start = { asksForAKeyOnceAndTakesNoWrongOne, chatStreams, aSecondAskIsALabelledHit, theProofIsShownAndChecked };
const chosen = {
  scripted: usual,
  real: { ...start, figuresCountWhatWasSaved, statesOnDiskAreShown, aParaphraseIsALabelledHitForWhoWantsThat, deleteMakesItAMiss,
    fitsEveryWidthInBothSchemesAndIsAccessible, saidNothingToAnyoneElseAndHadNoErrors },
  upstream: { ...start, otherEnginesAreShown, deleteMakesItAMiss, saidNothingToAnyoneElseAndHadNoErrors },
  picture: { picture },
}[mode];

let passed = 0;
let failed = 0;
for (const [name, check] of Object.entries(chosen)) {
  const began = performance.now();
  try {
    await check();
    console.log(`ok ${name} (${Math.round(performance.now() - began)} ms)`);
    passed++;
  } catch (fault) {
    console.log(`FAILED ${name}\n${fault.stack}\nerrors of the page: ${errors.join("\n")}`);
    await page.screenshot({ path: path.join(pictures, `failed-${name}.png`) }).catch(() => {});
    errors = [];
    failed++;
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
