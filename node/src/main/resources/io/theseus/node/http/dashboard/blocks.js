// The wall of requests: each drops in as a block and lies on those before it, white if it was remembered, teal if not.
import { byId, element } from "./dom.js";
import { LAYERS, clock, count, has, layerLabel, plural, shortName, span } from "./words.js";

const LATEST = 6;
const MOST_A_FRAME = 40;

const wall = byId("blocks");
const seen = new Map(LAYERS.map((layer) => [layer, 0]));
let failed = 0;
let lost = 0;
let waiting = [];

const counts = new Map(LAYERS.map((layer) => {
  const number = element("b", {}, "0");
  const item = element("li", { hidden: true },
    element("span", { class: "block", "data-layer": layer, "aria-hidden": "true" }), `${layerLabel(layer)}: `, number);
  byId("legend").append(item);
  return [layer, { number, item }];
}));

/** Explains only the layers that this node has. */
export function explain(stats) {
  for (const [layer, { item }] of counts) item.hidden = !has(stats, layer);
}

/** Takes one event of the node's stream. */
export function heard(event) {
  if (event.type === "lost") {
    lost += event.count;
    byId("lost").textContent = `${plural(lost, "request")} came too fast to be drawn; the figures count them.`;
    byId("lost").hidden = false;
  } else if (event.type === "request") {
    if (event.status === 200) seen.set(event.layer, (seen.get(event.layer) ?? 0) + 1);
    else failed++;
    if (waiting.length === 0) requestAnimationFrame(draw);
    waiting.push(event);
  }
}

function draw() {
  const events = waiting;
  waiting = [];
  makeRoom(Math.min(events.length, MOST_A_FRAME));
  for (const event of events.slice(-MOST_A_FRAME)) wall.append(falling(event));
  for (const [layer, { number }] of counts) number.textContent = count(seen.get(layer));
  byId("no-blocks").hidden = true;
  byId("latest-title").hidden = false;
  const parts = LAYERS.filter((layer) => seen.get(layer) > 0).map((layer) => `${count(seen.get(layer))} ${shortName(layer)}`);
  if (failed > 0) parts.push(`${count(failed)} not answered`);
  wall.setAttribute("aria-label", `Requests since this page was opened: ${parts.join(", ")}.`);
  byId("latest").prepend(...events.slice(-LATEST).reverse().map(line));
  while (byId("latest").children.length > LATEST) byId("latest").lastChild.remove();
}

/** Takes the lowest row away when the next blocks would reach above the wall. */
function makeRoom(coming) {
  const size = wall.firstElementChild?.getBoundingClientRect();
  if (!size) return;
  const gap = parseFloat(getComputedStyle(wall).gap) || 0;
  const columns = Math.max(1, Math.floor((wall.clientWidth + gap) / (size.width + gap)));
  const rows = Math.max(1, Math.floor((wall.clientHeight + gap) / (size.height + gap)));
  while (wall.children.length + coming > rows * columns && wall.children.length > 0) {
    for (let i = 0; i < columns && wall.firstChild; i++) wall.firstChild.remove();
  }
}

function block(event) {
  const cube = element("span", { class: "block", "data-layer": event.status === 200 ? event.layer : "failed" });
  if (event.layer === "state") {
    // White as far as the prompt was known, within what still shows both colours.
    const known = event.cached_tokens / Math.max(1, event.prompt_tokens);
    cube.style.setProperty("--known", `${Math.round(25 + 50 * known)}%`);
  }
  return cube;
}

function falling(event) {
  const cube = block(event);
  cube.classList.add("falling");
  cube.title = words(event);
  return cube;
}

function line(event) {
  const cube = block(event);
  cube.setAttribute("aria-hidden", "true");
  return element("li", {}, cube, element("span", {}, words(event)));
}

function words(event) {
  const tokens = plural(event.completion_tokens, "token");
  if (event.status !== 200) return `${clock(event.time)} · not answered (${event.finish_reason || event.status})`;
  const saved = event.seconds_saved > 0 ? ` · saved ${span(event.seconds_saved)}` : "";
  const model = byId("model").options.length > 1 ? ` · ${event.model}` : "";
  return `${clock(event.time)} · ${layerLabel(event.layer)} · ${tokens} in ${span(event.seconds)}${saved}${model}`;
}
