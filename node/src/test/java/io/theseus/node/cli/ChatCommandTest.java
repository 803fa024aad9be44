package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class ChatCommandTest {
    private final ScriptedEngine echo =
            new ScriptedEngine(prompt -> List.of("<" + prompt.lines().toList().getLast() + ">"));

    @Test
    void eachLineIsATurnThatSeesTheEarlierOnes() {
        CliRun run = CliRun.answeredBy(echo, "one\n\ntwo\\\nlines\n", "chat", "--system", "sys");
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).containsExactly("<one>", "<lines>");
        assertThat(echo.prompts).containsExactly("sys\none", "sys\none\n<one>\ntwo\nlines");
    }

    @Test
    void commandsChangeTheConversation() {
        CliRun run = CliRun.answeredBy(echo, "a\n/undo\nb\n/reset\n/system be kind\nc\n//etc\n/exit\nnever\n", "chat");
        assertThat(run.status()).isZero();
        assertThat(echo.prompts).containsExactly("a", "b", "be kind\nc", "be kind\nc\n<c>\n/etc");
        assertThat(run.out()).doesNotContain("never");
        assertThat(run.err()).contains("taken back: a").contains("system message is set");
    }

    @Test
    void aSavedConversationGoesOn(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("with space.json");
        CliRun.answeredBy(echo, "a\n/save " + file + "\n", "chat", "--system", "sys");
        JsonNode saved = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(saved.get("messages").size()).isEqualTo(3);
        assertThat(saved.get("messages").get(0).get("role").stringValue()).isEqualTo("system");
        CliRun.answeredBy(echo, "/load " + file + "\nb\n", "chat");
        assertThat(echo.prompts.getLast()).isEqualTo("sys\na\n<a>\nb");
    }

    @Test
    void anErrorEndsTheTurnAndNotTheProgram(@TempDir Path folder) throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"messages\":[{\"role\":1}]}");
        CliRun run = CliRun.answeredBy(
                echo,
                "overflow\n/nonsense\n/load\n/load " + folder.resolve("absent") + "\n/load " + wrong + "\nfine\n",
                "chat");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().lines().filter(line -> line.startsWith("theseus chat: ")))
                .hasSize(5);
        assertThat(run.err()).contains("no command /nonsense").contains("/load needs a file name");
        assertThat(run.err()).doesNotContain("\tat ");
        assertThat(run.out().lines().filter(line -> !line.isEmpty())).containsExactly("<fine>");
        assertThat(echo.prompts.getLast()).isEqualTo("fine");
    }
}
