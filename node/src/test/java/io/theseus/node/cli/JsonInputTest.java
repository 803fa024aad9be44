package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonInputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final JsonText json = new JsonText();

    @Test
    void aBadLineSpoilsOnlyItself() throws Exception {
        byte[] lines = ("{\"text\":\"a\"}\n{nonsense\n\n[1]\n{\"text\":7}\n{\"text\":\"x\",\"text\":\"y\"}\n"
                        + "{\"text\":\"\\u00e9\",\"cat\":\"ignored\"} {}\n{\"text\":\"\u00ff\"}\r\n{\"text\":\"last\"}")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(run("-", lines)).isZero();
        List<JsonNode> answers = answers();
        assertThat(answers).hasSize(9);
        assertThat(answers.get(0).get("echo").stringValue()).isEqualTo("a");
        assertThat(error(answers.get(1))).startsWith("not JSON");
        assertThat(error(answers.get(2))).contains("expected a JSON object");
        assertThat(error(answers.get(3))).contains("expected a JSON object, found array");
        assertThat(error(answers.get(4))).isEqualTo("`text` is a number, expected a string");
        assertThat(error(answers.get(5))).contains("uplicate");
        assertThat(error(answers.get(6))).startsWith("not JSON");
        assertThat(error(answers.get(7))).isEqualTo("this is not UTF-8");
        assertThat(answers.get(8).get("echo").stringValue()).isEqualTo("last");
    }

    @Test
    void aFaultOfOursIsSaidOnTheLineAndInTheStatus() throws Exception {
        assertThat(run("-", "{\"text\":\"fault\"}\n{\"text\":\"b\"}\n".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(ErrorCode.INTERNAL.exitStatus());
        assertThat(error(answers().get(0))).contains("internal fault");
        assertThat(answers().get(1).get("echo").stringValue()).isEqualTo("b");
    }

    @Test
    void readsAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("in.jsonl"), "{\"text\":\"a\"}\n{\"text\":\"\u4f60\u597d \ud83d\ude00\"}\n");
        assertThat(run(file.toString(), new byte[0])).isZero();
        assertThat(answers().get(1).get("echo").stringValue()).isEqualTo("\u4f60\u597d \ud83d\ude00");
        assertThatThrownBy(() -> run(folder.resolve("absent").toString(), new byte[0]))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("there is no file");
    }

    @Test
    void deepNestingAndHugeNumbersAreErrorsNotCrashes() throws Exception {
        String deep = "[".repeat(200_000);
        String lines = "{\"text\":" + deep + "}\n{\"text\":1" + "0".repeat(5000) + "}\n{\"text\":\"ok\"}\n";
        assertThat(run("-", lines.getBytes(StandardCharsets.UTF_8))).isZero();
        assertThat(error(answers().get(0))).startsWith("not JSON");
        assertThat(error(answers().get(1))).isNotEmpty();
        assertThat(answers().get(2).get("echo").stringValue()).isEqualTo("ok");
    }

    private int run(String source, byte[] stdin) throws InterruptedException {
        out.reset();
        PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8);
        Console console = new Console(new ByteArrayInputStream(stdin), stream, stream, () -> false);
        JsonInput input = new JsonInput();
        input.lines = source;
        return input.each(console, json, request -> {
            String text = request.requiredText("text");
            if (text.equals("fault")) {
                throw new IllegalStateException("on purpose");
            }
            return json.object().put("echo", text);
        });
    }

    private List<JsonNode> answers() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    private static String error(JsonNode answer) {
        assertThat(answer.size()).isEqualTo(1);
        return answer.get("error").stringValue();
    }
}
