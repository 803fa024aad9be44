package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How a request is spelled does not change its key; what may change its answer does. */
class RequestFormProperties {
    private static final Upstream UPSTREAM = Upstream.parse("http://h:1/v1");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static Digest key(String json) {
        return key(UPSTREAM, "/v1/chat/completions", json, Map.of());
    }

    private static Digest key(Upstream upstream, String path, String json, Map<String, String> headers) {
        return UpstreamRequest.of("POST", path, json.getBytes(StandardCharsets.UTF_8), headers, "m")
                .key(upstream);
    }

    @Test
    void isPinned() {
        assertThat(key("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0}")
                        .hex())
                .isEqualTo("20d78174167b37495ab28f4d7ab1be337b44dac82235f37104798150409eb4e6");
    }

    @Test
    void spellingDoesNotMatter() {
        long seed = 20261121;
        Random random = new Random(seed);
        Map<Digest, JsonNode> seen = new HashMap<>();
        for (int round = 0; round < 3000; round++) {
            ObjectNode request = object(random, 3);
            Digest key = key(spelled(request, random));
            assertThat(key(spelled(request, random)))
                    .as("seed %d round %d %s", seed, round, request)
                    .isEqualTo(key);
            JsonNode before = seen.putIfAbsent(key, request);
            if (before != null) {
                assertThat(normal(before)).as("seed %d round %d", seed, round).isEqualTo(normal(request));
            }
        }
        assertThat(seen.size()).isGreaterThan(1000);
    }

    /** Numbers as their values, so that 1 equals 1.0. */
    private static String normal(JsonNode node) {
        return switch (node.getNodeType()) {
            case NUMBER -> node.decimalValue().stripTrailingZeros().toPlainString();
            case ARRAY -> {
                List<String> all = new ArrayList<>();
                node.forEach(entry -> all.add(normal(entry)));
                yield all.toString();
            }
            case OBJECT -> {
                List<String> all = new ArrayList<>();
                node.properties().forEach(field -> all.add(field.getKey() + "=" + normal(field.getValue())));
                Collections.sort(all);
                yield "{" + all + "}";
            }
            default -> node.toString();
        };
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set("f" + random.nextInt(6), value(random, depth - 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.numberNode(random.nextInt(4) - 1);
            case 3 -> NODES.numberNode(java.math.BigDecimal.valueOf(random.nextInt(5), random.nextInt(3)));
            case 4 -> NODES.stringNode("é\"\\/\n".substring(0, random.nextInt(6)));
            case 5 -> NODES.stringNode(String.valueOf(random.nextInt(3)));
            case 6 -> object(random, depth);
            default -> {
                ArrayNode list = NODES.arrayNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
        };
    }

    /** In a random order, with random white space, escapes and digits. */
    private static String spelled(JsonNode node, Random random) {
        String space = " \n\t".substring(0, random.nextInt(4));
        return switch (node.getNodeType()) {
            case OBJECT -> {
                List<String> fields = new ArrayList<>();
                node.properties()
                        .forEach(field -> fields.add(
                                text(field.getKey(), random) + space + ":" + spelled(field.getValue(), random)));
                Collections.shuffle(fields, random);
                yield "{" + space + String.join("," + space, fields) + "}" + space;
            }
            case ARRAY -> {
                List<String> entries = new ArrayList<>();
                node.forEach(entry -> entries.add(spelled(entry, random)));
                yield "[" + String.join(space + ",", entries) + space + "]";
            }
            case NUMBER -> {
                String plain = node.decimalValue().toPlainString();
                yield random.nextBoolean() ? plain : plain.contains(".") ? plain + "0" : plain + "e0";
            }
            case STRING -> text(node.stringValue(), random);
            default -> node.toString();
        };
    }

    private static String text(String value, Random random) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\' || random.nextInt(3) == 0) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    @Test
    void whatSaysNoMoreThanLeavingItOutIsLeftOut() {
        Digest bare = key("{\"model\":\"m\",\"temperature\":0}");
        for (String more : List.of(
                "\"stream\":true",
                "\"stream_options\":{\"include_usage\":true}",
                "\"user\":\"me\"",
                "\"n\":1",
                "\"n\":null",
                "\"top_p\":1.0",
                "\"stop\":[]",
                "\"stop\":null",
                "\"tools\":[]",
                "\"logprobs\":false",
                "\"presence_penalty\":0.0",
                "\"response_format\":{\"type\":\"text\"}",
                "\"logit_bias\":{}")) {
            assertThat(key("{\"model\":\"m\",\"temperature\":0," + more + "}"))
                    .as(more)
                    .isEqualTo(bare);
        }
        assertThat(key("{\"stop\":\"x\"}")).isEqualTo(key("{\"stop\":[\"x\"]}"));
    }

    @Test
    void whatMayChangeAnAnswerIsPartOfIt() {
        List<String> all = List.of(
                "{}",
                "{\"model\":\"m\"}",
                "{\"model\":\"n\"}",
                "{\"temperature\":0}",
                "{\"temperature\":1}",
                // An engine's own default may be another one.
                "{\"top_p\":1}",
                "{\"top_p\":0.9}",
                "{\"n\":2}",
                "{\"seed\":0}",
                "{\"seed\":1}",
                "{\"seed\":\"1\"}",
                "{\"stop\":\"a\"}",
                "{\"stop\":[\"a\",\"b\"]}",
                "{\"stop\":[\"b\",\"a\"]}",
                "{\"min_p\":null}",
                "{\"min_p\":0}",
                "{\"cache_salt\":\"x\"}",
                "{\"logprobs\":true}",
                "{\"response_format\":{\"type\":\"json_object\"}}",
                "{\"response_format\":{\"type\":\"text\",\"x\":1}}",
                "{\"messages\":[]}",
                "{\"messages\":[{}]}",
                "{\"messages\":[{\"content\":\"a\"}]}",
                "{\"messages\":[{\"content\":\"a \"}]}",
                "{\"messages\":[{\"content\":\"a\",\"user\":\"x\"}]}",
                "{\"messages\":[{\"content\":\"a\",\"name\":null}]}",
                "{\"x\":\"\\ud800\"}",
                "{\"x\":\"\\udbff\"}",
                "{\"x\":\"?\"}",
                "{\"x\":12345678901234567890}",
                "{\"x\":12345678901234567891}",
                "{\"x\":0.1}",
                "{\"x\":0.10000000000000001}",
                "{\"x\":1e400}",
                "{\"x\":1e401}");
        Map<Digest, String> seen = new HashMap<>();
        for (String request : all) {
            assertThat(seen.put(key(request), request)).as(request).isNull();
        }
    }

    @Test
    void theAddressThePathAndWhatIsSentAlongCount() {
        String json = "{\"model\":\"m\"}";
        Digest base = key(UPSTREAM, "/v1/chat/completions", json, Map.of());
        assertThat(key(UPSTREAM, "/v1/completions", json, Map.of())).isNotEqualTo(base);
        assertThat(key(Upstream.parse("http://h:2/v1"), "/v1/chat/completions", json, Map.of()))
                .isNotEqualTo(base);
        assertThat(key(UPSTREAM, "/v1/chat/completions", json, Map.of("openai-organization", "o")))
                .isNotEqualTo(base);
        assertThat(key(UPSTREAM, "/v1/chat/completions", json, Map.of("accept", "x", "traceparent", "y")))
                .isEqualTo(base);
        assertThat(key(Upstream.parse("other=HTTP://H:1/v1/"), "/v1/chat/completions", json, Map.of()))
                .as("names are for people")
                .isEqualTo(base);
    }
}
