package io.theseus.concept.lexicon;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.concept.QuestionKind;
import io.theseus.concept.text.Splitter;
import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexiconTest {
    private static final Lexicon ENGLISH = new Lexicon("en");

    private static List<String> normal(String text) {
        return ENGLISH.normalise(Splitter.split(text)).stream()
                .filter(token -> token.kind() != Token.Kind.STOP)
                .map(Token::text)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "making, make", "planned, plan", "studies, study", "boxes, box", "news, news", "went, go", "children, child",
        "classes, class", "physics, physics", "running, run", "stopped, stop", "hoping, hope", "wolves, wolf",
                "buses, bus"
    })
    void formsHaveOneBase(String form, String base) {
        assertThat(ENGLISH.idea(form)).isEqualTo(ENGLISH.idea(base));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5 km                 | 5000 m
            5km                  | 5000 m
            three kilometres     | 3000 m
            2 hours              | 7200 s
            two and 3            | 2 and 3
            twenty-five percent  | 25 %
            $2.5 million         | 2500000 USD
            2.5 million dollars  | 2500000 USD
            1,00,000             | 100000
            a dozen eggs         | a 12 eggs
            the 3rd day          | the #3 day
            the third day        | the #3 day
            20k                  | 20000
            i5                   | i5
            """)
    void quantitiesAreInBaseUnits(String text, String expected) {
        assertThat(String.join(" ", normal(text)).replace("- ", "")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            what's it              | what is it
            I can't                | i can not
            the United States      | usa
            how do I get rid of it | how do i remove it
            France's capital       | france 's capital
            """)
    void contractionsAndPhrases(String text, String expected) {
        assertThat(String.join(" ", normal(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            how do i bake bread                          | METHOD
            what is the best way to bake bread           | METHOD
            could you please tell me how to bake bread   | METHOD
            who wrote dune                               | WHO
            why is the sky blue                          | WHY
            what is the reason for the war               | WHY
            how many moons are there                     | HOW_MANY
            is it raining                                | YES_NO
            what is the difference between a and b       | DIFFERENCE
            which is the best phone                      | BEST
            what is it like to be old                    | EXPERIENCE
            write a poem                                 | WRITE
            """)
    void questionsAreReadOffTheirBeginning(String text, QuestionKind kind) {
        List<Token> tokens = new ArrayList<>(ENGLISH.normalise(Splitter.split(text)));
        tokens.removeLast();
        assertThat(ENGLISH.question(tokens).kind()).isEqualTo(kind.name());
    }

    /** A word in two groups would belong to whichever comes first in the file. */
    @Test
    void noWordIsInTwoGroupsOfSynonyms() {
        Map<String, String> group = new HashMap<>();
        List<String> twice = new ArrayList<>();
        for (String line : Resource.lines("en/synonyms.txt")) {
            List<String> words = Resource.cut(line);
            for (String word : words) {
                String before = group.put(word, line);
                if (before != null && (words.size() > 1 || Resource.cut(before).size() > 1)) {
                    twice.add(word + ": " + before + " / " + line);
                }
            }
        }
        assertThat(twice).isEmpty();
    }

    /** Otherwise two prompts could agree by saying the opposite. */
    @Test
    void oppositesAreNoSynonyms() {
        for (String line : Resource.lines("en/opposites.txt")) {
            List<String> words = new ArrayList<>(Resource.cut(line));
            words.remove("!");
            assertThat(words).as(line).hasSize(2);
            assertThat(ENGLISH.idea(words.get(0))).as(line).isNotEqualTo(ENGLISH.idea(words.get(1)));
        }
    }

    @Test
    void everyQuestionHasItsKind() {
        for (String line : Resource.lines("en/frames.txt")) {
            if (!line.startsWith("keep ")) {
                String kind =
                        Resource.cut(line.substring(line.indexOf("=>") + 2)).getFirst();
                if (!kind.equals("again")) {
                    assertThat(QuestionKind.valueOf(kind)).as(line).isNotNull();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Wie komme ich von Bonn nach Ulm und was kostet das, de",
        "¿Cuál es la capital de Francia?, es",
        "how do i get there, en",
        "法国的首都是哪里, und-han",
        "Какая столица Франции, und-cyrillic",
        "capital France, en"
    })
    void languagesAreToldBySmallWordsAndScripts(String text, String tag) {
        assertThat(new Languages().of(Splitter.split(text))).isEqualTo(tag);
    }
}
