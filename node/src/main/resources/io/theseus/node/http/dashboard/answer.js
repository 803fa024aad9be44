// One answer in the chat: its text as it comes, and afterwards where it came from.
import { events, request } from "./api.js";
import { announce, byId, element } from "./dom.js";
import { age, layerLabel, plural, span } from "./words.js";

/**
 * Asks the node and shows the answer in `place` while it comes.
 *
 * @param fresh whether what is remembered shall not be used
 * @param meaning whether the answer to another question that means the same will do; undefined = as the node is set
 * @param inspect called with the answer's key when somebody wants to see the evidence
 * @returns the text, or null if the answer is not complete
 */
export async function answer(place, body, { fresh, meaning, signal, inspect }) {
  const text = element("p", { class: "text" });
  const label = element("p", { class: "label" }, element("span", { class: "pulse" }, "waiting for the first token …"));
  const view = element("article", { class: "answer", "aria-busy": "true" }, text, label);
  place.append(view);
  const result = { text: "", finish: null, usage: null };
  const began = performance.now();
  try {
    const response = await request("/v1/chat/completions", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(fresh ? { "cache-control": "no-cache" } : {}),
        ...(meaning === undefined ? {} : { "x-theseus-meaning": meaning ? "on" : "off" }),
      },
      body: JSON.stringify({ ...body, temperature: 0, stream: true, stream_options: { include_usage: true } }),
      signal,
    });
    result.headers = response.headers;
    let begun = false;
    for await (const data of events(response)) {
      if (data === "[DONE]") continue;
      take(JSON.parse(data), result, text);
      if (!begun && result.text !== "") label.replaceChildren(element("span", { class: "pulse" }, "answering …"));
      begun ||= result.text !== "";
      byId("turns").scrollTop = byId("turns").scrollHeight;
    }
    if (result.finish === null) throw new Error("the node ended the answer early");
    source(view, label, result, (performance.now() - began) / 1000, inspect);
    return result.text;
  } catch (failure) {
    const stopped = failure.name === "AbortError";
    const words = stopped ? "Stopped. What is incomplete is not remembered." : `No answer: ${failure.message}`;
    view.dataset.layer = "failed";
    label.replaceChildren(words);
    announce(words);
    return null;
  } finally {
    view.setAttribute("aria-busy", "false");
  }
}

function take(chunk, result, text) {
  if (chunk.error) throw new Error(chunk.error.message);
  result.usage = chunk.usage ?? result.usage;
  for (const choice of chunk.choices ?? []) {
    const piece = choice.delta.content ?? choice.delta.reasoning_content ?? "";
    if (piece !== "") {
      result.text += piece;
      text.textContent = result.text;
    }
    result.finish = choice.finish_reason ?? result.finish;
  }
}

/** Writes the label: layer, age, cost. */
function source(view, label, { headers, usage, finish }, seconds, inspect) {
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const named = headers.get("x-theseus-layer") ?? "compute";
  const upstream = headers.get("x-theseus-upstream");
  // The headers of a stream are sent before anybody knows how much of the prompt a state will cover; what another
  // engine knew already is its own affair.
  const layer = named === "compute" && cached > 0 && !upstream ? "state" : named;
  const remembered = layer === "answer" || layer === "meaning";
  const parts = upstream ? [`by the engine ${upstream}`] : [];
  if (headers.has("age")) parts.push(age(Number(headers.get("age"))));
  const similarity = headers.get("x-theseus-similarity");
  if (similarity) parts.push(`similarity ${similarity}`);
  if (usage) {
    parts.push(plural(usage.completion_tokens, "token"));
    if (layer === "state") parts.push(`${cached} of ${plural(usage.prompt_tokens, "prompt token")} already known`);
  }
  parts.push(`here after ${span(seconds)}`);
  if (finish === "length") parts.push("cut at the longest allowed");
  view.dataset.layer = layer;
  label.replaceChildren(
    element("span", { class: "block", "data-layer": layer, "aria-hidden": "true" }),
    element("b", {}, layerLabel(layer)),
    ` · ${parts.join(" · ")}`);
  const key = headers.get("x-theseus-key");
  if (key && remembered) {
    label.append(" ", element("button", { type: "button", class: "link", onClick: () => inspect(key) }, "Show the proof"));
  }
  announce(`${layerLabel(layer)}. ${parts.join(", ")}.`);
  byId("turns").scrollTop = byId("turns").scrollHeight;
}
