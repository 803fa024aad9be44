// Requests to this node, and nowhere else.
import { ask, byId } from "./dom.js";

const STORED = "theseus-key";

/** What went wrong, in the node's own words where it gave any. */
export class ApiFailure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

let asking = null;

/** Asks for a key once, however many requests wait for it. */
function askForKey(message) {
  asking ??= (async () => {
    byId("key-problem").textContent = message;
    byId("key-input").value = "";
    const answer = await ask(byId("key-dialog"));
    if (answer === "use") sessionStorage.setItem(STORED, byId("key-input").value.trim());
    return answer === "use";
  })().finally(() => (asking = null));
  return asking;
}

const headers = () => {
  const key = sessionStorage.getItem(STORED);
  return key ? { authorization: `Bearer ${key}` } : {};
};

async function problem(response) {
  const body = await response.json().catch(() => null);
  return body?.error?.message ?? `the node answered with status ${response.status}`;
}

/** fetch with the key; asks for one where the node wants it. Throws ApiFailure unless the status is 2xx. */
export async function request(path, options = {}) {
  for (;;) {
    const used = sessionStorage.getItem(STORED);
    // Not for POST: there it would become Cache-Control: no-cache, which forbids the node to remember.
    const cache = options.method === undefined ? "no-store" : "default";
    let response;
    try {
      response = await fetch(path, { ...options, headers: { ...options.headers, ...headers() }, cache });
    } catch (failure) {
      if (failure.name === "AbortError") throw failure;
      throw new ApiFailure("the node cannot be reached; is it running?", 0);
    }
    if (response.ok) return response;
    const message = await problem(response);
    if (response.status !== 401) throw new ApiFailure(message, response.status);
    const another = sessionStorage.getItem(STORED) !== used;
    if (!another && !(await askForKey(message))) throw new ApiFailure("this node wants an API key", 401);
  }
}

export const getJson = async (path) => (await request(path)).json();

export const send = async (method, path) => (await request(path, { method })).json();

/** The data of each server-sent event of a response, parsed. Source: WHATWG HTML, 9.2 Server-sent events. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim());
        if (data.length > 0) yield data.join("\n");
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
