// Hit rates over time. The node keeps sums; the curve is what this page saw of them.
import { byId } from "./dom.js";
import { totals } from "./figures.js";
import { count, has, percent, plural, shortName } from "./words.js";

const MOST_POINTS = 2400;
const SERIES = [
  { layer: "answer", color: "--ink", dash: [] },
  { layer: "meaning", color: "--meaning", dash: [8, 4] },
  { layer: "state", color: "--teal", dash: [2, 3] },
];

const box = byId("chart");
const times = [];
const shares = SERIES.map(() => []);
let plot = null;
let drawn = [];

/** Adds what the node counted until now. */
export function chart(stats) {
  const all = totals(stats);
  const present = SERIES.filter(({ layer }) => has(stats, layer));
  const words = present.map(({ layer }) => `${percent(all.requests ? stats.layers[layer].requests / all.requests : 0)} ${shortName(layer)}`);
  byId("chart-words").textContent = all.requests === 0
    ? "No request yet, so no rate. The curves begin with the first one."
    : `Of ${plural(all.requests, "request")} since the start: ${words.join(", ")}. The curves begin when this page is opened.`;
  if (all.requests === 0) return;
  times.push(Date.now() / 1000);
  SERIES.forEach(({ layer }, i) => shares[i].push((100 * (stats.layers[layer]?.requests ?? 0)) / all.requests));
  if (times.length > MOST_POINTS) thin();
  if (plot === null || present.length !== drawn.length) make(present);
  else plot.setData(data());
}

const data = () => [times, ...drawn.map((series) => shares[SERIES.indexOf(series)])];

/** Keeps every second point: older times become coarser, memory stays bounded. */
function thin() {
  for (const list of [times, ...shares]) {
    const kept = list.filter((_, i) => i % 2 === 1);
    list.splice(0, list.length, ...kept);
  }
}

/** A colour of the page as canvas understands it. */
function color(name) {
  box.style.color = `var(${name})`;
  return getComputedStyle(box).color;
}

function make(present) {
  plot?.destroy();
  drawn = present;
  const axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
  const rate = (_, value) => (value === null || value === undefined ? "" : `${value.toFixed(1)} %`);
  plot = new window.uPlot({
    width: box.clientWidth,
    height: 190,
    scales: { y: { range: [0, 100] }, x: { range: () => [times[0], Math.max(times.at(-1), times[0] + 30)] } },
    axes: [
      { ...axis, values: (_, splits) => splits.map((at) => new Date(at * 1000).toLocaleTimeString("en-GB")), space: 90, size: 32 },
      { ...axis, values: (_, splits) => splits.map((at) => `${count(at)} %`), size: 54 },
    ],
    series: [
      {},
      ...drawn.map(({ layer, color: name, dash }) =>
        ({ label: shortName(layer), stroke: color(name), dash, width: 2, value: rate, points: { show: false } })),
    ],
  }, data(), box);
}

new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height: 190 })).observe(box);
document.documentElement.addEventListener("themechange", () => {
  if (plot) make(drawn);
});
