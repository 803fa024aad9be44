// Drives a node with OpenAI's own JavaScript library, unchanged.
//
//     node openai_client.mjs BASE_URL API_KEY MODEL [tools] [embeddings=MODEL]
//
// Prints a line per check and "N passed, N failed"; the exit status is 1 if any failed.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

// The library lies in the folder this is started from, not beside this file.
const resolve = createRequire(path.join(process.cwd(), "here.js")).resolve;
const { default: OpenAI } = await import(pathToFileURL(resolve("openai")).href);

const [base, apiKey, model, ...rest] = process.argv.slice(2);
const withTools = rest.includes("tools");
const embeddingModel = rest.find((word) => word.startsWith("embeddings="))?.slice("embeddings=".length);
const client = new OpenAI({ baseURL: base + "/v1", apiKey, maxRetries: 0, timeout: 120_000 });
const messages = [{ role: "user", content: "Say hello." }];
const chat = (options = {}) =>
  client.chat.completions.create({ model, messages, max_completion_tokens: 24, temperature: 0, ...options });

async function running() {
  const response = await fetch(base + "/metrics", { headers: { Authorization: "Bearer " + apiKey } });
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("theseus_requests_running{"));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

const checks = {
  async modelsAreListed() {
    const ids = [];
    for await (const entry of client.models.list()) ids.push(entry.id);
    assert(ids.includes(model));
    assert.equal((await client.models.retrieve(model)).id, model);
  },

  async chatWholeAndStreamed() {
    const whole = await chat({ seed: 5, temperature: 0.8 });
    assert.equal(whole.choices[0].message.role, "assistant");
    const stream = await chat({ seed: 5, temperature: 0.8, stream: true, stream_options: { include_usage: true } });
    let text = "";
    let usage = null;
    const reasons = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, whole.choices[0].message.content);
    assert.deepEqual(reasons, [whole.choices[0].finish_reason]);
    assert.equal(usage.total_tokens, whole.usage.total_tokens);
  },

  async streamHelperOfTheLibrary() {
    // Enough tokens to come to an end: the helper refuses answers that were cut.
    const options = { model, messages, max_completion_tokens: 400, temperature: 0 };
    const final = await client.chat.completions.stream(options).finalChatCompletion();
    assert.equal(final.choices[0].message.content, (await chat(options)).choices[0].message.content);
  },

  async severalAnswersStopAndLogprobs() {
    const several = await chat({ n: 2, seed: 1, temperature: 1, logprobs: true, top_logprobs: 2 });
    assert.equal(several.choices.length, 2);
    assert.equal(several.choices[0].logprobs.content[0].top_logprobs.length, 2);
    const whole = (await chat()).choices[0].message.content;
    const stop = whole.slice(3, 5);
    assert.equal((await chat({ stop })).choices[0].message.content, whole.slice(0, whole.indexOf(stop)));
  },

  async textCompletion() {
    const options = { model, prompt: "Once upon a time", max_tokens: 8, temperature: 0 };
    const whole = await client.completions.create(options);
    let text = "";
    for await (const chunk of await client.completions.create({ ...options, stream: true })) text += chunk.choices[0].text;
    assert.equal(text, whole.choices[0].text);
  },

  async embeddings() {
    if (!embeddingModel) {
      await assert.rejects(client.embeddings.create({ model, input: "a" }), OpenAI.APIError);
      return;
    }
    const input = ["What is the capital of France?", "What's the capital of France?", "How do I boil an egg?"];
    // The library asks for base64 unless told otherwise, and decodes it.
    const packed = await client.embeddings.create({ model: embeddingModel, input });
    const plain = await client.embeddings.create({ model: embeddingModel, input, encoding_format: "float" });
    assert.equal(packed.model, embeddingModel);
    packed.data.forEach((entry, i) => {
      assert.equal(entry.embedding.length, plain.data[i].embedding.length);
      entry.embedding.forEach((value, d) => assert(Math.abs(value - plain.data[i].embedding[d]) < 1e-7));
    });
    const cosine = (a, b) => a.embedding.reduce((sum, value, d) => sum + value * b.embedding[d], 0);
    const [first, second, third] = plain.data;
    assert(cosine(first, second) > 0.95 && cosine(first, third) < 0.5);
    await assert.rejects(
      client.embeddings.create({ model: embeddingModel, input: "a", dimensions: 7 }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === "dimensions",
    );
  },

  async errorsHaveTheirClasses() {
    await assert.rejects(chat({ model: "gpt-9" }), (error) => {
      assert(error instanceof OpenAI.NotFoundError);
      assert.equal(error.code, "model_not_found");
      return true;
    });
    await assert.rejects(chat({ temperature: "hot" }), (error) => {
      assert(error instanceof OpenAI.BadRequestError);
      assert.equal(error.param, "temperature");
      return true;
    });
    const stranger = new OpenAI({ baseURL: base + "/v1", apiKey: "sk-wrong", maxRetries: 0 });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  },

  async abortingStopsTheAnswer() {
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      {
        model,
        messages: [{ role: "user", content: "Tell a long story." }],
        max_completion_tokens: 100000,
        temperature: 1,
        stream: true,
        ignore_eos: true,
      },
      { signal: controller.signal },
    );
    let chunks = 0;
    for await (const chunk of stream) {
      assert(chunk.choices.length === 1);
      if (++chunks === 4) break;
    }
    controller.abort();
    for (const end = Date.now() + 10_000; (await running()) > 0 && Date.now() < end; ) {
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.equal(await running(), 0);
  },

  async tools() {
    const tools = [
      {
        type: "function",
        function: {
          name: "get_weather",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ];
    const question = [{ role: "user", content: "What is the weather in Paris?" }];
    if (!withTools) {
      await assert.rejects(chat({ messages: question, tools }), (error) => error.param === "tools");
      return;
    }
    const answer = await chat({ messages: question, tools, max_completion_tokens: 200 });
    assert.equal(answer.choices[0].finish_reason, "tool_calls");
    assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { city: "Paris" });
  },
};

let failed = 0;
for (const [name, run] of Object.entries(checks)) {
  try {
    await run();
    console.log("ok   javascript", name);
  } catch (error) {
    failed++;
    console.log("FAIL javascript", name, error);
  }
}
console.log(`javascript openai: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
