"""Drives another engine through a node that stands in front of it, with OpenAI's own Python library, unchanged.

    python relay_client.py BASE_URL API_KEY MODEL

Prints a line per check and "N passed, N failed"; the exit status is 1 if any failed.
"""

import sys
import traceback

import openai

BASE, KEY, MODEL = sys.argv[1:4]
client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0, timeout=120)
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def chat(question, **arguments):
    return client.chat.completions.with_raw_response.create(
        **{
            "model": MODEL,
            "messages": [{"role": "user", "content": question}],
            "max_tokens": 16,
            "temperature": 0,
            **arguments,
        }
    )


@check
def models_are_listed():
    assert MODEL in [model.id for model in client.models.list()]


@check
def whole_then_remembered():
    first, second = chat("Name a river."), chat("Name a river.")
    assert first.headers["x-theseus-layer"] == "compute" and second.headers["x-theseus-layer"] == "answer"
    one, two = first.parse(), second.parse()
    assert one.choices[0].message.content and one.choices == two.choices
    assert two.usage.prompt_tokens_details.cached_tokens == two.usage.prompt_tokens


@check
def streamed_then_remembered_in_both_forms():
    def streamed(**more):
        answer = chat("Name a lake.", stream=True, **more)
        chunks = list(answer.parse())
        return answer, chunks, "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)

    first, chunks, text = streamed()
    assert first.headers["x-theseus-layer"] == "compute" and text
    assert all(not c.usage for c in chunks)
    again, counted, same = streamed(stream_options={"include_usage": True})
    assert again.headers["x-theseus-layer"] == "answer" and same == text
    assert counted[-1].usage.completion_tokens > 0
    whole = chat("Name a lake.")
    assert whole.headers["x-theseus-layer"] == "answer"
    assert whole.parse().choices[0].message.content == text


@check
def fields_of_the_engine_get_through():
    plain = chat("Name a hill.").parse().choices[0].message.content
    free = chat("Name a hill.", temperature=3, seed=5, extra_body={"top_k": 1})
    assert free.headers["x-theseus-layer"] == "compute"
    assert free.parse().choices[0].message.content == plain, "top_k = 1 leaves nothing to chance"


@check
def errors_have_their_classes():
    try:
        chat("Hi", messages="no list")
    except openai.APIStatusError as e:
        assert e.status_code >= 400 and e.body and e.message
    else:
        raise AssertionError("no error")


failed = 0
for function in CHECKS:
    try:
        function()
        print("ok", function.__name__)
    except Exception:
        failed += 1
        print("FAILED", function.__name__)
        traceback.print_exc()
print(f"{len(CHECKS) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
