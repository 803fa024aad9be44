// One remembered answer with all that is known about it, and its proof.
import { getJson } from "./api.js";
import { ask, byId, element } from "./dom.js";
import { check } from "./proof.js";
import { bytes, moment, plural, span } from "./words.js";

const list = (pairs) => element("dl", { class: "facts" },
  ...pairs.filter(([, value]) => value !== undefined && value !== "").flatMap(([name, value]) =>
    [element("dt", {}, name), element("dd", {}, value instanceof Node ? value : String(value))]));

/** Shows the answer of this key until the reader closes it. */
export async function inspect(key) {
  const body = byId("inspect-body");
  body.replaceChildren(element("p", {}, "Asking the node …"));
  const closed = ask(byId("inspect-dialog"));
  try {
    const answer = await getJson(`/theseus/v1/cache/${key}`);
    body.replaceChildren(...sections(answer, await check(answer)));
  } catch (failure) {
    body.replaceChildren(element("p", { class: "problem" }, `This answer cannot be shown: ${failure.message}`));
  }
  await closed;
}

function sections(answer, verdict) {
  const { receipt, proof } = answer;
  const mark = (words, good) => element("span", { class: good ? "good" : "problem" }, words);
  return [
    element("h3", {}, "Question"),
    element("p", { class: "text" }, answer.question || "not kept"),
    element("h3", {}, "Answer"),
    element("p", { class: "text", tabindex: "0" }, answer.text),
    list([
      ["Model", answer.model],
      ["Computed", moment(answer.created)],
      ["Kept until", answer.pinned ? "unpinned" : moment(answer.expires)],
      ["Served", plural(answer.hits, "time")],
      ["Cost", `${span(answer.compute_seconds)} for ${plural(answer.prompt_tokens, "prompt token")} and ${
        plural(answer.completion_tokens, "token")}`],
      ["Size", bytes(answer.bytes)],
      ["Scope", answer.scope],
      ["Key", element("code", {}, answer.key)],
    ]),
    element("h3", {}, "Proof"),
    list([
      ["Says the node", mark(proof.verdict, proof.verdict === "valid")],
      ["Says your browser", mark(verdict.words, verdict.good)],
      ["Counts until", moment(proof.valid_until)],
      ["Digest", element("code", {}, proof.digest)],
      ["Signature", element("code", {}, proof.signature)],
    ]),
    element("h3", {}, "Receipt"),
    list([
      ["Verification", receipt.verification],
      ["Engine", receipt.engine],
      ["Model root", element("code", {}, receipt.model_root)],
      ["Request hash", element("code", {}, receipt.request_hash)],
      ["Response hash", element("code", {}, receipt.response_hash)],
      ["Began, ended", `${moment(receipt.began)}, ${moment(receipt.ended)}`],
      ["Node", element("code", {}, receipt.node)],
      ["Signature", element("code", {}, receipt.signature)],
    ]),
  ];
}
