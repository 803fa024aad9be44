// What remembering was good for, in numbers.
import { byId, element } from "./dom.js";
import { LAYERS, bytes, count, energy, percent, plural, shortName, span } from "./words.js";

const WATTS = 45;
const STORED = "theseus-watts";

let latest = null;

function watts() {
  const stored = Number(localStorage.getItem(STORED));
  return stored >= 1 && stored <= 5000 ? stored : WATTS;
}

byId("watts").value = watts();
byId("watts").addEventListener("input", () => {
  if (!byId("watts").checkValidity() || byId("watts").value === "") return;
  localStorage.setItem(STORED, byId("watts").value);
  if (latest) figures(latest);
});

/** Sums over the layers. Hits are requests for which nothing was computed; what a state shortens is none. */
export function totals(stats) {
  const layers = LAYERS.map((layer) => ({ layer, ...stats.layers[layer] })).filter((one) => one.requests !== undefined);
  const sum = (field) => layers.reduce((all, one) => all + (one[field] ?? 0), 0);
  const requests = sum("requests");
  return {
    layers,
    requests,
    hits: (stats.layers.answer?.requests ?? 0) + (stats.layers.meaning?.requests ?? 0),
    secondsSaved: sum("seconds_saved"),
    tokensSaved: sum("tokens_saved"),
  };
}

/** Shows the node's counts. */
export function figures(stats) {
  latest = stats;
  const all = totals(stats);
  const byLayer = all.layers.filter((one) => one.layer !== "compute" && one.requests > 0)
    .map((one) => `${count(one.requests)} ${shortName(one.layer)}`).join(", ");
  const ever = stats.answers?.lifetime;
  const running = [...stats.models, ...(stats.upstreams ?? [])].reduce((sum, one) => sum + one.running, 0);
  const waiting = stats.models.reduce((sum, model) => sum + model.waiting, 0);
  const rows = [
    ["From memory", all.requests ? percent(all.hits / all.requests) : "no request yet",
      all.requests ? `of ${plural(all.requests, "request")}${byLayer ? `: ${byLayer}` : ""}` : ""],
    ["Time saved", span(all.secondsSaved), ever?.seconds_saved > all.secondsSaved ? `${span(ever.seconds_saved)} ever` : ""],
    ["Tokens saved", count(all.tokensSaved), "not computed again"],
    ["Energy saved", energy(all.secondsSaved * watts()), `at ${count(watts())} W`],
    ["Running now", count(running), `${count(waiting)} waiting`],
  ];
  if (stats.answers) {
    rows.push(["Answers held", count(stats.answers.entries),
      `${bytes(stats.answers.bytes)} of ${bytes(stats.answers.limit_bytes)}`]);
  } else if (stats.cache_on === false) {
    rows.push(["Answers held", "none", "the setting cache is off"]);
  }
  byId("figures").replaceChildren(...rows.map(([name, value, more]) =>
    element("div", {}, element("dt", {}, name), element("dd", { class: "value" }, value), element("dd", {}, more))));
}
