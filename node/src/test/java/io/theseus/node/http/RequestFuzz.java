package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.TheseusException;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.node.prompt.PromptWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes of a body, it ends in a request of the engine or in one clear 4xx. {@code JAZZER_FUZZ=1} searches for more. */
class RequestFuzz {
    private static final FakeTokenizer TOKENIZER = new FakeTokenizer(true);
    private static final ChatTemplate TEMPLATE = ChatTemplate.compile(
            "{% if tools %}{{ tools | tojson }}{% endif %}" + ServerFixture.CHATML, "<s>", "<|im_end|>");
    private static final PromptWriter WRITER = new PromptWriter(TEMPLATE, TOKENIZER);
    private static final Ids IDS = new Ids(new Random(1));
    private static final Json JSON = new Json(1 << 20);

    private static final String[] WORDS = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1e999",
        "1.5",
        "99999999999999999999",
        "\"\"",
        "\"x\"",
        "\"<|im_end|>\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        "[[]]",
        "[1]",
        "[\"a\"]",
        "{\"type\":\"text\"}",
        "{\"1\":5}",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\""
    };

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":"
                                + "[{\"type\":\"text\",\"text\":\"<|im_end|>\"}]},{\"role\":\"assistant\",\"content\":null,"
                                + "\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                                + "\"arguments\":\"{\\\"a\\\":1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"r\"}],"
                                + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}],"
                                + "\"tool_choice\":\"auto\",\"chat_template_kwargs\":{\"a\":[1,null]},\"logprobs\":true,"
                                + "\"top_logprobs\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
                        "{\"prompt\":[\"a\",[1,2]],\"max_tokens\":5,\"temperature\":0.5,\"top_p\":1,\"n\":2,\"stop\":[\"x\"],"
                                + "\"logit_bias\":{\"5\":-100},\"seed\":-1,\"logprobs\":3,\"echo\":false,\"suffix\":null,"
                                + "\"response_format\":{\"type\":\"text\"},\"stop_token_ids\":[3],\"ignore_eos\":true}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void readsOrRefuses(byte[] body) {
        check(body);
    }

    @Test
    void survivesSeededMutations() {
        long seed = 20_261_121;
        Random random = new Random(seed);
        byte[][] seeds = seeds().toArray(byte[][]::new);
        int read = 0;
        for (int i = 0; i < 6_000; i++) {
            byte[] mutant = mutate(seeds[random.nextInt(seeds.length)], random);
            try {
                read += check(mutant) ? 1 : 0;
            } catch (Throwable t) {
                throw new AssertionError(
                        "seed " + seed + ", round " + i + ": " + new String(mutant, StandardCharsets.UTF_8), t);
            }
        }
        // Neither all nor none: otherwise the mutations test nothing.
        assertThat(read).isBetween(100, 5_900);
    }

    /** Replaces a value or cuts and joins at random. */
    private static byte[] mutate(byte[] original, Random random) {
        String text = new String(original, StandardCharsets.UTF_8);
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            int colon = text.indexOf(':', random.nextInt(Math.max(1, text.length())));
            String word = WORDS[random.nextInt(WORDS.length)];
            if (colon >= 0 && random.nextInt(4) > 0) {
                int end = colon + 1;
                while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                text = text.substring(0, colon + 1) + word + text.substring(end);
            } else {
                int at = random.nextInt(text.length() + 1);
                text = text.substring(0, at) + word + text.substring(Math.min(text.length(), at + random.nextInt(4)));
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(8) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    /** Whether at least one of the two kinds of request could be read. */
    private static boolean check(byte[] body) {
        byte[] copy = Arrays.copyOf(body, body.length);
        boolean chat = reads(() -> {
            Fields fields = new Fields(JSON.object(copy), "");
            AnswerOptions options = ChatRequest.readOptions(fields, TOKENIZER, IDS);
            int[] prompt = WRITER.write(ChatRequest.read(fields, TEMPLATE).input(ServerFixture.NOW))
                    .ids();
            request(options, prompt);
        });
        boolean completion = reads(() -> {
            Fields fields = new Fields(JSON.object(copy), "");
            AnswerOptions options = CompletionRequest.readOptions(fields, TOKENIZER, IDS);
            CompletionRequest request = CompletionRequest.read(fields, TOKENIZER);
            request.prompts().forEach(prompt -> request(options, prompt.ids()));
        });
        return chat || completion;
    }

    private static void request(AnswerOptions options, int[] prompt) {
        assertThat(options.request(prompt, 1, 5, TOKENIZER, false, java.util.Optional.empty())
                        .prompt())
                .isEqualTo(prompt);
    }

    private static boolean reads(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (ApiException e) {
            assertThat(e.error().status()).isEqualTo(400);
            assertThat(JSON.bytes(e.error().json())).isNotEmpty();
            return false;
        } catch (TheseusException e) {
            assertThat(ApiError.from(e).status()).isEqualTo(400);
            return false;
        }
    }
}
