// What each model runs and holds.
import { byId, element } from "./dom.js";
import { bytes, count, plural, span } from "./words.js";

const BLOCK_TOKENS = 64;

/** Shows the models of the node's statistics. */
export function models(stats) {
  const shown = stats.models.map((model) => element("article", {},
    element("h3", {}, model.id),
    meter("States in memory", model.kv_blocks_used, model.kv_blocks_total),
    element("ul", {}, ...facts(model).map((fact) => element("li", {}, fact)))));
  byId("model-list").replaceChildren(...(shown.length > 0
    ? shown
    : [element("p", { class: "quiet" }, "No model is loaded yet.")]));
}

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
  const states = model.states;
  if (states?.disk_bytes !== undefined) {
    list.push(`On disk: ${plural(states.disk_tokens ?? 0, "token")} of states in ${bytes(states.disk_bytes)}`);
  }
  if (states?.seconds_saved > 0) list.push(`States saved ${span(states.seconds_saved)} of reading prompts`);
  return list;
}
