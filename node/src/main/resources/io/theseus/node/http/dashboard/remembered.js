// The remembered answers: search, look, pin, delete.
import { getJson, send } from "./api.js";
import { announce, ask, byId, element, settled } from "./dom.js";
import { inspect } from "./inspect.js";
import { age, bytes, count, plural } from "./words.js";

const PAGE = 10;

let offset = 0;
let latest = 0;

/** Shows the page of answers that is chosen, as it is now. */
export async function refresh() {
  if (document.hidden) return;
  const mine = ++latest;
  const query = byId("query").value.trim();
  try {
    const path = `/theseus/v1/cache?query=${encodeURIComponent(query)}&limit=${PAGE}&offset=${offset}`;
    const found = await getJson(path);
    if (mine !== latest) return;
    if (found.answers.length === 0 && offset > 0) {
      offset = Math.max(0, Math.floor((found.total - 1) / PAGE) * PAGE);
      await refresh();
      return;
    }
    show(found, query);
  } catch (failure) {
    if (mine === latest) nothing(failure.message);
  }
}

function nothing(words) {
  byId("answers").hidden = true;
  byId("pages").hidden = true;
  byId("remembered-state").textContent = words;
}

function show({ total, answers }, query) {
  if (total === 0) {
    nothing(query ? `No remembered question or answer contains “${query}”.`
      : "Nothing is remembered yet. Answers that are complete, and the same each time, appear here.");
    return;
  }
  byId("remembered-state").textContent = query ? `${plural(total, "answer")} with “${query}”` : plural(total, "answer");
  const focused = document.activeElement?.dataset ?? {};
  byId("answer-rows").replaceChildren(...answers.map(row));
  byId("answers").hidden = false;
  if (focused.key) refocus(focused.key, focused.action);
  byId("pages").hidden = total <= PAGE;
  byId("page-words").textContent = `${count(offset + 1)} to ${count(offset + answers.length)} of ${count(total)}`;
  byId("newer").disabled = offset === 0;
  byId("older").disabled = offset + answers.length >= total;
}

/** New rows took the place of the old ones: the keyboard stays where it was, or near. */
function refocus(key, action) {
  const button = document.querySelector(`#answer-rows button[data-key="${key}"][data-action="${action}"]`);
  (button ?? document.querySelector("#answer-rows button") ?? byId("query")).focus();
}

function row(answer) {
  const about = answer.question || answer.key.slice(0, 12);
  const button = (action, words, run, properties = {}) => element("button", {
    type: "button",
    "data-key": answer.key,
    "data-action": action,
    "aria-label": `${words}: ${about}`,
    onClick: run,
    ...properties,
  }, words);
  const cell = (name, ...content) => element("td", { "data-name": name }, ...content);
  const seconds = (Date.now() - Date.parse(answer.created)) / 1000;
  return element("tr", {},
    element("th", { scope: "row" },
      element("span", { class: "clip" }, answer.question || "(not kept)"),
      answer.pinned ? element("span", { class: "pin" }, "pinned") : null),
    cell("Answer", element("span", { class: "clip" }, answer.answer || "(not kept)")),
    cell("Model", answer.model),
    cell("Age", age(seconds)),
    cell("Hits", count(answer.hits)),
    cell("Size", bytes(answer.bytes)),
    element("td", { class: "actions" },
      button("inspect", "Show", () => inspect(answer.key)),
      button("pin", answer.pinned ? "Unpin" : "Pin", () => act("pin", answer), { "aria-pressed": String(answer.pinned) }),
      button("delete", "Delete", () => remove(answer, about))));
}

async function act(what, answer) {
  try {
    const path = `/theseus/v1/cache/${answer.key}`;
    if (what === "delete") await send("DELETE", path);
    else await send(answer.pinned ? "DELETE" : "POST", `${path}/pin`);
    announce(what === "delete" ? "Deleted." : answer.pinned ? "Unpinned." : "Pinned: it is kept until you unpin it.");
  } catch (failure) {
    announce(failure.message);
    byId("remembered-state").textContent = failure.message;
  }
  await refresh();
}

async function remove(answer, about) {
  byId("delete-words").textContent = `“${about}” will be computed again when somebody asks it next.`;
  if ((await ask(byId("delete-dialog"))) === "delete") await act("delete", answer);
}

const search = settled(() => {
  offset = 0;
  refresh();
}, 200);

byId("query").addEventListener("input", search);
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  offset = 0;
  refresh();
});
for (const [id, step] of [["newer", -PAGE], ["older", PAGE]]) {
  byId(id).addEventListener("click", () => {
    offset = Math.max(0, offset + step);
    refresh();
  });
}
