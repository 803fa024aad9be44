package io.theseus.concept.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SplitterTest {
    private static String split(String text) {
        return Splitter.split(text).stream()
                .map(token -> token.kind().name().charAt(0) + ":" + token.text())
                .collect(Collectors.joining(" "));
    }

    @Test
    void marksInsideNamesStay() {
        assertThat(split("C++ or C#?")).isEqualTo("W:c++ W:or W:c# S:.");
        assertThat(split("node.js in the U.S. costs 3,000.50"))
                .isEqualTo("W:node.js W:in W:the W:us W:costs N:3000.50 S:.");
        assertThat(split("Mr. A. R. Rahman sings")).isEqualTo("W:mr W:a W:r W:rahman W:sings S:.");
    }

    @Test
    void possessorsSentencesAndQuotes() {
        assertThat(split("France\u2019s \u201ccapital\u201d")).isEqualTo("W:france P:'s P:\" W:capital P:\" S:.");
        assertThat(split("One. Two?\nThree")).isEqualTo("W:one S:. W:two S:. W:three S:.");
    }

    @Test
    void codeAndAddressesStayWhole() {
        assertThat(split("run `ls -l A` now")).isEqualTo("W:run L:ls -l A W:now S:.");
        assertThat(split("see https://Example.org/A?b=1.")).isEqualTo("W:see L:https://Example.org/A?b=1 S:.");
        assertThat(split("2 * 3 = 6")).isEqualTo("N:2 S:* N:3 S:= N:6 S:.");
    }

    @Test
    void dashesAreOperatorsBetweenNumbersOnly() {
        assertThat(split("5 - 2")).isEqualTo("N:5 S:- N:2 S:.");
        assertThat(split("-5 degrees - and/or more")).isEqualTo("S:- N:5 W:degrees P:- W:and P:/ W:or W:more S:.");
        assertThat(split("well-known")).isEqualTo("W:well P:- W:known S:.");
    }

    @Test
    void namesAreCapitalsThatNoSentenceAsksFor() {
        List<Token> tokens = Splitter.split("Who is Ada? NASA knows.");
        assertThat(tokens.stream().filter(Token::name).map(Token::text)).containsExactly("ada", "nasa");
    }

    @Test
    void longTextsAreCut() {
        assertThat(Splitter.split("x".repeat(1 << 20))).hasSize(2);
        assertThat(Splitter.split("\ufdfa".repeat(1 << 15)).stream()
                        .mapToInt(token -> token.text().length())
                        .sum())
                .isLessThanOrEqualTo(Splitter.MAX_LENGTH + 1);
    }
}
