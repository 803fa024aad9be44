// What runs here: models and the states they hold, other engines, the search by meaning.
import { byId, element } from "./dom.js";
import { bytes, count, plural, span } from "./words.js";

const BLOCK_TOKENS = 64;

/** Shows what the node's statistics know of each. */
export function models(stats) {
  const shown = stats.models.map((model) =>
    article(model.id, meter("States in memory", model.kv_blocks_used, model.kv_blocks_total), facts(model)));
  for (const upstream of stats.upstreams ?? []) shown.push(article(`Engine ${upstream.name}`, null, engineFacts(upstream)));
  if (shown.length === 0) shown.push(element("p", { class: "quiet" }, "No model is loaded yet."));
  if (stats.states) shown.push(article("States on disk", null, diskFacts(stats.states)));
  if (stats.meaning) shown.push(article("Answers by meaning", null, meaningFacts(stats.meaning)));
  byId("model-list").replaceChildren(...shown);
}

const article = (title, first, lines) => element("article", {},
  element("h3", {}, title), first, element("ul", {}, ...lines.map((line) => element("li", {}, line))));

function meter(name, used, total) {
  const words = `${plural(used * BLOCK_TOKENS, "token")} of ${count(total * BLOCK_TOKENS)}`;
  return element("label", { class: "meter" }, `${name}: ${words}`,
    element("meter", { min: 0, max: Math.max(1, total), value: used }, words));
}

function facts(model) {
  const list = [
    `${plural(model.running, "request")} running, ${count(model.waiting)} waiting`,
    `${plural(model.prompt_tokens, "prompt token")} read, ${count(model.cached_tokens)} of them known already`,
    `${plural(model.generated_tokens, "token")} generated`,
  ];
  if (model.single_flight_joins > 0) {
    list.push(`${plural(model.single_flight_joins, "request")} joined an answer that was being computed`);
  }
  return list;
}

const BREAKER = {
  open: () => element("span", { class: "problem" }, "left alone for now: it failed too often"),
  half_open: () => "failed too often; one request is finding out whether it works again",
};

function engineFacts(upstream) {
  const again = upstream.retries + upstream.hedges;
  const list = [`${plural(upstream.running, "request")} running there, ${count(upstream.requests)} so far`];
  if (upstream.errors > 0) list.push(`${count(upstream.errors)} of them failed, ${count(again)} were sent once more`);
  if (BREAKER[upstream.breaker]) list.push(BREAKER[upstream.breaker]());
  return list;
}

function diskFacts(states) {
  if (states.blocks + states.loads + states.computes === 0) return [`Nothing yet; prompts of ${BLOCK_TOKENS} tokens and more are kept`];
  const list = [`${plural(states.blocks * BLOCK_TOKENS, "token")} of prompts in ${bytes(states.bytes)}`];
  const known = states.loads + states.computes;
  if (states.writing > 0) list.push(`${plural(states.writing, "block")} being written`);
  if (known > 0) {
    list.push(`Of ${plural(known, "prompt")} found there, ${count(states.loads)} loaded and ${
      count(states.computes)} computed, whichever was faster`);
  }
  if (states.seconds_saved > 0) {
    list.push(`${plural(states.loaded_tokens, "token")} loaded ${span(states.seconds_saved)} sooner than computed`);
  }
  if (states.corrupt > 0) list.push(`${plural(states.corrupt, "damaged block")} noticed and computed again`);
  return list;
}

function meaningFacts(meaning) {
  const list = [meaning.usual ? "On, unless a request says otherwise" : "Only for requests that ask for it"];
  if (meaning.questions === undefined) return list;
  list.push(`${plural(meaning.questions, "question")} can be found, ${plural(meaning.served, "answer")} served`);
  if (meaning.refused > 0) list.push(`${plural(meaning.refused, "near question")} refused: they mean something else`);
  if (meaning.checks > 0) list.push(`${count(meaning.checks)} computed all the same to check, ${count(meaning.wrong)} wrong`);
  return list;
}
