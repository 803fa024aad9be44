// Numbers and names as people read them.

/** The layers in the order in which a request meets them. */
export const LAYERS = ["answer", "meaning", "state", "compute"];

const NAMES = {
  answer: { short: "exact", label: "Remembered exactly" },
  meaning: { short: "by meaning", label: "Remembered by meaning" },
  state: { short: "from a state", label: "Continued from a remembered state" },
  compute: { short: "computed", label: "Computed now" },
};

/** Whether a node with these statistics may answer by this layer; one by meaning needs an encoder, states need a model. */
export const has = (stats, layer) => stats.layers[layer]?.requests > 0
  || (layer === "meaning" ? stats.meaning !== undefined : layer === "state" ? stats.models.length > 0 : true);

export const shortName = (layer) => NAMES[layer]?.short ?? layer;
export const layerLabel = (layer) => NAMES[layer]?.label ?? layer;

const whole = new Intl.NumberFormat("en");

export const count = (number) => whole.format(Math.round(number));

export const plural = (number, one, many = one + "s") => `${count(number)} ${Math.round(number) === 1 ? one : many}`;

const three = (number) => (number >= 100 ? count(number) : number.toPrecision(number >= 10 ? 3 : 2));

/** A span of seconds: "0.42 ms", "1.3 s", "4 min 10 s", "3 h 20 min", "2 d 4 h". */
export function span(seconds) {
  if (!(seconds > 0)) return "0 s";
  if (seconds < 0.9995) return `${three(seconds * 1e3)} ms`;
  if (seconds < 60) return `${three(seconds)} s`;
  const steps = [["d", 86400, "h", 3600], ["h", 3600, "min", 60], ["min", 60, "s", 1]];
  const [large, size, small, part] = steps.find(([, least]) => seconds >= least);
  const rest = Math.floor((seconds % size) / part);
  return `${count(Math.floor(seconds / size))} ${large}${rest ? ` ${rest} ${small}` : ""}`;
}

/** How long ago, in one unit. */
export function age(seconds) {
  if (seconds < 1) return "less than a second old";
  const [name, size] =
    [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, least]) => seconds >= least);
  return `${plural(Math.floor(seconds / size), name)} old`;
}

/** Bytes in binary units. */
export function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = number < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(number) / 10));
  return power === 0 ? `${count(number)} B` : `${three(number / 1024 ** power)} ${units[power]}`;
}

/** Joules in the unit that bills are written in, once there is enough of it. */
export function energy(joules) {
  if (joules < 1) return joules > 0 ? `${three(joules * 1e3)} mJ` : "0 J";
  if (joules < 1e3) return `${three(joules)} J`;
  if (joules < 3.6e6) return `${three(joules / 3600)} Wh`;
  return `${three(joules / 3.6e6)} kWh`;
}

export const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;

export const clock = (instant) => new Date(instant).toLocaleTimeString("en-GB");

export const moment = (instant) => new Date(instant).toLocaleString("en-GB");
