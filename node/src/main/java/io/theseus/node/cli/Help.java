package io.theseus.node.cli;

/** The pages that no single command owns. */
final class Help {
    private Help() {}

    static String overview() {
        return """
            Theseus runs open-weight language models on this machine, bit-exact.

            Usage: theseus COMMAND [options]     (theseus COMMAND --help explains one, with examples)

            Talk to a model
              ask        answer one question, streamed to standard output
              chat       a conversation in the terminal
              serve      an OpenAI-compatible HTTP API on this machine

            Models and this machine
              pull       get a model: from the catalogue, a URL, hf:org/repo/file or a file
              models     list, remove or verify the models that are here
              cache      what is remembered: stats, list, show, rm, pin, export, import
              prompts    system prompts of a running node that are computed once: list, pin, unpin
              doctor     what this machine can do, and what to change
              config     every effective setting and where it came from
              bench      rates of this machine; cache policies on recorded traffic; what meaning costs

            Look inside
              explain    the concept graph of a prompt
              inspect    model, tokens, template, logits, generate, perplexity, meaning (JSON out)

            Examples
              theseus ask "What is the capital of France?"
              git diff | theseus ask "Write a commit message for this change"
              theseus serve --port 8080
              curl http://127.0.0.1:8080/v1/chat/completions -d '{"messages":[{"role":"user","content":"Hi"}]}'

            --version prints the version; --debug adds stack traces to errors (also THESEUS_DEBUG=1).
            Exit status: 0 done, 1 a fault of ours, 2 something you can fix, 3 try again later, 130 ctrl-C.
            """;
    }

    static String group(Commands.Group group) {
        return switch (group.name()) {
            case "models" -> """
                Usage: theseus models [list | remove NAME | verify [NAME]]

                  list      what is installed and what the catalogue offers (also without a word)
                  remove    delete a model's file
                  verify    read a model's file whole and compare its SHA-256

                Examples
                  theseus models
                  theseus models verify SmolLM2-135M-Instruct
                """;
            case "cache" -> """
                Usage: theseus cache [stats | list | show | rm | pin | unpin | export | import | clear]

                  stats           how much is remembered and what it saved (also without a word)
                  list [WORDS]    remembered answers, last used first
                  show KEY        one answer, its receipt and whether its proof holds
                  rm KEY...       delete answers; --model NAME deletes all of a model
                  pin, unpin      keep answers from expiring, or not
                  export, import  answers to a file and back, each with its proof
                  clear           forget all but the pinned ones

                They work while `theseus serve` runs on the same home, and what they delete is not served from then on.

                Examples
                  theseus cache list capital
                  theseus cache show 442cd1d71b78
                """;
            case "prompts" -> """
                Usage: theseus prompts [list | pin | unpin] [--port PORT]

                  list            what is pinned at the running node (also without a word)
                  pin PROMPT      compute a system prompt's state now and keep it on disk for good
                  unpin ID...     let it be forgotten when room is needed

                Examples
                  theseus prompts pin - < system-prompt.txt
                  theseus prompts
                """;
            case "inspect" -> """
                Usage: theseus inspect WHAT [options]          JSON out; JSON Lines in and out with --jsonl [FILE]

                  model FILE    metadata, tensors, sizes and the model root of a GGUF file
                  tokens        text to token ids
                  template      messages to the text of a prompt
                  logits        the scores after a list of token ids, their SHA-256 and the state root
                  generate      greedy continuation of a list of token ids
                  perplexity    how well a model predicts a text
                  meaning       whether two prompts ask the same

                Examples
                  theseus inspect model model.gguf
                  theseus inspect tokens --model model.gguf "Hello world"
                  theseus inspect logits --model model.gguf --jsonl prompts.jsonl --kernel scalar --threads 1
                """;
            case "bench" -> """
                Usage: theseus bench [speed | cache | meaning] [options]

                  speed    prefill and decode rates of this machine with a model (also without a word)
                  cache    replay recorded traffic against the policy that keeps prefix states
                  meaning  what looking for an answer by meaning costs: embedding, scan, guard

                Examples
                  theseus bench --json
                  theseus bench cache --trace conversation.jsonl.gz --capacity-tokens 10000000 --json
                """;
            default -> "Usage: theseus " + group.name() + " " + String.join(" | ", group.members()) + "\n";
        };
    }
}
