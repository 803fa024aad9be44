// The chat: questions, their answers, and the same question once more.
import { answer } from "./answer.js";
import { byId, element } from "./dom.js";
import { inspect } from "./inspect.js";

let turns = []; // {question, text, place}: text is the last complete answer, or null
let running = null;

/** Offers these models; the choice stays where it can. */
export function offerModels(ids) {
  const choice = byId("model");
  const known = [...choice.options].map((option) => option.value);
  if (known.length === ids.length && known.every((id, i) => id === ids[i])) return;
  const chosen = choice.value;
  choice.replaceChildren(...ids.map((id) => element("option", { value: id }, id)));
  if (ids.includes(chosen)) choice.value = chosen;
}

/** Offers to take answers by meaning, where the node can find them. */
export function offerMeaning(meaning) {
  if (byId("meaning-choice").hidden && meaning) byId("meaning").checked = meaning.usual;
  byId("meaning-choice").hidden = !meaning;
}

/** The conversation up to the question of `turn`; turns that came to no answer are left out. */
function conversation(turn) {
  const before = turns.slice(0, turns.indexOf(turn)).filter(({ text }) => text !== null);
  return [
    ...before.flatMap(({ question, text }) =>
      [{ role: "user", content: question }, { role: "assistant", content: text }]),
    { role: "user", content: turn.question },
  ];
}

function show(busy) {
  byId("send").disabled = busy;
  byId("stop").disabled = !busy;
  byId("new-chat").disabled = busy;
  for (const button of document.querySelectorAll("#turns .again button")) button.disabled = busy;
}

async function compute(turn, fresh) {
  running = new AbortController();
  show(true);
  const body = { messages: conversation(turn), max_completion_tokens: byId("most-tokens").valueAsNumber || 256 };
  if (byId("model").value) body.model = byId("model").value;
  const meaning = byId("meaning-choice").hidden ? undefined : byId("meaning").checked;
  try {
    const text = await answer(turn.place, body, { fresh, meaning, signal: running.signal, inspect });
    turn.text = text ?? turn.text;
  } finally {
    running = null;
    for (const old of document.querySelectorAll("#turns .again")) old.remove();
    turn.place.append(again(turn));
    show(false);
    byId("turns").scrollTop = byId("turns").scrollHeight;
  }
}

function again(turn) {
  const button = (words, fresh) => element("button", {
    type: "button",
    onClick: () => compute(turn, fresh).then(() => turn.place.querySelector(".again button").focus()),
  }, words);
  return element("p", { class: "again row" }, button("Ask again", false), button("Compute anew", true));
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = byId("question").value.trim();
  if (question === "" || running || !byId("most-tokens").reportValidity()) return;
  byId("question").value = "";
  byId("no-turns").hidden = true;
  const place = element("div", { class: "turn" }, element("p", { class: "question" }, question));
  byId("turns").append(place);
  const turn = { question, text: null, place };
  turns.push(turn);
  compute(turn, false);
});

byId("question").addEventListener("keydown", (event) => {
  // An Enter that ends the choice of a Chinese or Japanese word is none.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("ask").requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && running && !document.querySelector("dialog[open]")) running.abort();
});

byId("stop").addEventListener("click", () => {
  running?.abort();
  byId("question").focus();
});

byId("new-chat").addEventListener("click", () => {
  turns = [];
  for (const old of document.querySelectorAll("#turns .turn")) old.remove();
  byId("no-turns").hidden = false;
  byId("question").focus();
});
