"""Drives a node with OpenAI's own Python library, unchanged.

    python openai_client.py BASE_URL API_KEY MODEL [tools] [embeddings=MODEL]

Prints a line per check and "N passed, N failed"; the exit status is 1 if any failed. `tools` says that the model's chat
template knows tools; `embeddings=` names a model for embeddings that is served too.
"""

import asyncio
import json
import sys
import time
import traceback
import urllib.request

import openai

BASE, KEY, MODEL = sys.argv[1:4]
TOOLS = "tools" in sys.argv[4:]
EMBEDDINGS = next((arg.split("=", 1)[1] for arg in sys.argv[4:] if arg.startswith("embeddings=")), None)
client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0, timeout=120)
ASK = [{"role": "user", "content": "Say hello."}]
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def chat(**arguments):
    return client.chat.completions.create(
        **{"model": MODEL, "messages": ASK, "max_completion_tokens": 24, "temperature": 0, **arguments}
    )


@check
def models_are_listed():
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).object == "model"


@check
def chat_whole():
    answer = chat()
    assert answer.object == "chat.completion" and answer.id.startswith("chatcmpl-")
    choice = answer.choices[0]
    assert choice.message.role == "assistant" and choice.message.content
    assert choice.finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.prompt_tokens_details.cached_tokens >= 0


@check
def chat_streamed_is_chat_whole():
    whole = chat(seed=7, temperature=0.8)
    chunks = list(chat(seed=7, temperature=0.8, stream=True, stream_options={"include_usage": True}))
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content, (text, whole.choices[0].message.content)
    reasons = [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
    assert reasons == [whole.choices[0].finish_reason]
    assert not chunks[-1].choices and chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert all(c.usage is None for c in chunks[:-1])


@check
def stream_helper_of_the_library():
    # Enough tokens to come to an end: the helper refuses answers that were cut.
    with client.chat.completions.stream(model=MODEL, messages=ASK, max_completion_tokens=400, temperature=0) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert final.choices[0].message.content == chat(max_completion_tokens=400).choices[0].message.content


@check
def same_seed_same_answer():
    first, second = (chat(seed=11, temperature=1.5).choices[0].message.content for _ in range(2))
    assert first == second


@check
def several_answers():
    answer = chat(n=3, seed=3, temperature=1)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert answer.choices[0].message.content == chat(seed=3, temperature=1).choices[0].message.content
    texts = ["", "", ""]
    for chunk in chat(n=3, seed=3, temperature=1, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    assert texts == [choice.message.content for choice in answer.choices]


@check
def stop_strings():
    whole = chat().choices[0].message.content
    stop = whole[3:5]
    cut = chat(stop=[stop, "never said"])
    assert cut.choices[0].message.content == whole[: whole.index(stop)]
    assert cut.choices[0].finish_reason == "stop"


@check
def token_limit():
    answer = chat(max_completion_tokens=2)
    assert answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 2


@check
def log_probabilities():
    answer = chat(logprobs=True, top_logprobs=3)
    tokens = answer.choices[0].logprobs.content
    assert b"".join(bytes(t.bytes) for t in tokens).decode("utf-8", "replace") == answer.choices[0].message.content
    for token in tokens:
        assert token.logprob <= 0 and len(token.top_logprobs) == 3
        assert token.top_logprobs[0].logprob >= token.top_logprobs[1].logprob


@check
def roles_and_parts():
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Say"}, {"type": "text", "text": "hello."}]},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Again."},
    ]
    assert chat(messages=messages).choices[0].message.content


@check
def text_completion():
    def complete(**arguments):
        return client.completions.create(
            **{"model": MODEL, "prompt": "Once upon a time", "max_tokens": 8, "temperature": 0, **arguments}
        )

    whole = complete(logprobs=2)
    assert whole.object == "text_completion" and len(whole.choices[0].logprobs.tokens) == 8
    streamed = "".join(c.choices[0].text for c in complete(stream=True))
    assert streamed == whole.choices[0].text
    assert complete(echo=True).choices[0].text == "Once upon a time" + whole.choices[0].text
    assert len(complete(prompt=["a", "b"], n=2).choices) == 4
    assert complete(prompt=[72, 105]).choices[0].text is not None


@check
def errors_have_their_classes():
    def fails(kind, call, code, param):
        try:
            call()
        except kind as error:
            assert (error.code, error.param) == (code, param), (error.code, error.param)
            return
        raise AssertionError("no " + kind.__name__)

    fails(openai.NotFoundError, lambda: chat(model="gpt-9"), "model_not_found", "model")
    fails(openai.BadRequestError, lambda: chat(temperature=9), "invalid_value", "temperature")
    fails(openai.BadRequestError, lambda: chat(messages=[]), "invalid_value", "messages")
    fails(openai.BadRequestError, lambda: chat(messages=[{"role": "user"}]), "missing_required_parameter", "messages[0].content")
    fails(openai.BadRequestError, lambda: chat(response_format={"type": "json_object"}), "unsupported_value", "response_format")
    image = [{"type": "image_url", "image_url": {"url": "data:,"}}]
    fails(
        openai.BadRequestError,
        lambda: chat(messages=[{"role": "user", "content": image}]),
        "unsupported_value",
        "messages[0].content[0].type",
    )
    long = [{"role": "user", "content": "word " * 20000}]
    fails(openai.BadRequestError, lambda: chat(messages=long), "context_length_exceeded", "messages")
    stranger = openai.OpenAI(base_url=BASE + "/v1", api_key="sk-wrong", max_retries=0)
    try:
        stranger.models.list()
        raise AssertionError("a wrong key was accepted")
    except openai.AuthenticationError as error:
        assert error.code == "invalid_api_key"


def running():
    request = urllib.request.Request(BASE + "/metrics", headers={"Authorization": "Bearer " + KEY})
    text = urllib.request.urlopen(request).read().decode()
    return sum(int(line.split()[-1]) for line in text.splitlines() if line.startswith("theseus_requests_running{"))


@check
def leaving_stops_the_answer():
    stream = chat(
        messages=[{"role": "user", "content": "Tell a long story."}],
        max_completion_tokens=100000,
        temperature=1,
        stream=True,
        extra_body={"ignore_eos": True},
    )
    for count, _ in enumerate(stream):
        if count == 3:
            break
    assert running() == 1
    stream.close()
    end = time.monotonic() + 10
    while running() and time.monotonic() < end:
        time.sleep(0.05)
    assert running() == 0, "still running 10 s after the client left"


@check
def many_at_once():
    async def all_of_them():
        async with openai.AsyncOpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0, timeout=120) as several:
            calls = [
                several.chat.completions.create(
                    model=MODEL, messages=ASK, max_completion_tokens=12, temperature=1, seed=seed
                )
                for seed in range(8)
            ]
            return [answer.choices[0].message.content for answer in await asyncio.gather(*calls)]

    texts = asyncio.run(all_of_them())
    assert texts[5] == chat(max_completion_tokens=12, temperature=1, seed=5).choices[0].message.content


@check
def tools():
    weather = {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
    question = [{"role": "user", "content": "What is the weather in Paris?"}]
    if not TOOLS:
        try:
            chat(messages=question, tools=[weather])
        except openai.BadRequestError as error:
            assert error.param == "tools"
            return
        raise AssertionError("tools were ignored in silence")
    answer = chat(messages=question, tools=[weather], max_completion_tokens=200)
    assert answer.choices[0].finish_reason == "tool_calls", answer
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather" and json.loads(call.function.arguments) == {"city": "Paris"}
    streamed = {}
    for chunk in chat(messages=question, tools=[weather], max_completion_tokens=200, stream=True):
        for delta in chunk.choices[0].delta.tool_calls or []:
            streamed[delta.index] = streamed.get(delta.index, "") + (delta.function.arguments or "")
    assert {index: json.loads(text) for index, text in streamed.items()} == {0: {"city": "Paris"}}
    history = question + [
        answer.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "Sunny."},
    ]
    assert chat(messages=history, tools=[weather]).choices[0].finish_reason


@check
def embeddings():
    if not EMBEDDINGS:
        try:
            client.embeddings.create(model=MODEL, input="a")
        except openai.APIStatusError:
            return
        raise AssertionError("a model for chats made embeddings")
    assert EMBEDDINGS in [model.id for model in client.models.list()]
    texts = ["What is the capital of France?", "What's the capital of France?", "How do I boil an egg?"]
    # The library asks for base64 unless told otherwise, and decodes it.
    packed = client.embeddings.create(model=EMBEDDINGS, input=texts)
    plain = client.embeddings.create(model=EMBEDDINGS, input=texts, encoding_format="float")
    assert packed.model == EMBEDDINGS and [entry.index for entry in packed.data] == [0, 1, 2]
    for a, b in zip(packed.data, plain.data):
        assert len(a.embedding) == len(b.embedding)
        assert all(abs(x - y) < 1e-7 for x, y in zip(a.embedding, b.embedding))
    first, second, third = (entry.embedding for entry in plain.data)

    def cosine(a, b):
        return sum(x * y for x, y in zip(a, b))

    assert abs(cosine(first, first) - 1) < 1e-5
    assert cosine(first, second) > 0.95 and cosine(first, third) < 0.5
    alone = client.embeddings.create(model=EMBEDDINGS, input=texts[2], encoding_format="float", dimensions=len(third))
    assert alone.data[0].embedding == third and alone.usage.prompt_tokens == alone.usage.total_tokens > 0
    try:
        client.embeddings.create(model=EMBEDDINGS, input="a", dimensions=7)
    except openai.BadRequestError as error:
        assert error.param == "dimensions"
    else:
        raise AssertionError("dimensions were ignored in silence")


failed = 0
for run in CHECKS:
    try:
        run()
        print("ok   python", run.__name__, flush=True)
    except Exception:
        failed += 1
        print("FAIL python", run.__name__, flush=True)
        traceback.print_exc(file=sys.stdout)
print(f"python openai {openai.__version__}: {len(CHECKS) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
