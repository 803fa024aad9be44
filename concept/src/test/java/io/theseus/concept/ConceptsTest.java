package io.theseus.concept;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConceptsTest {
    private static final Concepts CONCEPTS = new Concepts();

    private static Agreement compare(String a, String b) {
        return CONCEPTS.compare(CONCEPTS.read(a), CONCEPTS.read(b));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            What's the capital of France?              | What is France's capital?
            How do I lose weight?                      | What is the best way to lose weight?
            How can I learn Python quickly?            | how do you learn python fast
            What is the difference between TCP and UDP? | What's the difference between UDP and TCP?
            Was Caesar killed by Brutus?               | Did Brutus kill Caesar?
            How far is 5 km in miles?                  | How far is 5000 metres in miles?
            What are the types of rock?                | What are the different types of rock?
            How do stock markets work?                 | How does the stock market work?
            Difference between RAM and ROM?            | What is the difference between ROM and RAM?
            Do I need a visa for Japan?                | Do you need a visa for Japan?
            Can I run on a full stomach?               | Can you run on a full stomach?
            Is it possible for me to fly a kite?       | Can I fly a kite?
            How do human lungs and animal lungs differ? | How do human and animal lungs differ?
            Do you know why I am tired?                | Why am I tired?
            """)
    void agreesAboutParaphrases(String a, String b) {
        assertThat(compare(a, b).agrees())
                .as("%s / %s: %s", a, b, compare(a, b))
                .isTrue();
        assertThat(compare(a, b).cost()).isLessThan(0.3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Are cats afraid of tigers?           | Are tigers afraid of cats?          | ROLE
            How do I get from Rome to Pisa?      | How do I get from Pisa to Rome?     | ROLE
            Did Brutus kill Caesar?              | Did Caesar kill Brutus?             | ROLE
            How do I lose 13 kg in 1 month?      | How do I lose 15 kg in 1 month?     | NUMBER
            Is 5 km far?                         | Is 5 miles far?                     | NUMBER
            Is it safe to eat raw eggs?          | Is it not safe to eat raw eggs?     | NEGATION
            Is polygamy legal?                   | Is polygamy illegal?                | NEGATION
            What is the largest ocean?           | What is the smallest ocean?         | OPPOSITE
            Who was born in 1990?                | When was someone born in 1990?      | QUESTION
            How did you overcome insomnia?       | How can I overcome insomnia?        | TENSE
            Who is the man in this photo?        | Who is the guy in this photo?       | LITERAL
            Where can I learn sewing?            | How can I learn sewing?             | QUESTION
            Is vitamin A good for you?           | Is vitamin D good for you?          | ENTITY
            Why am I still single?               | Why are you still single?           | PERSON
            What will you do tomorrow?           | What will we do tomorrow?           | PERSON
            Why does she hate me?                | Why do I hate her?                  | ROLE
            What have strangers done for you?    | What have you done for strangers?   | ROLE
            Who are you a mentor for?            | Who is your mentor?                 | ROLE
            Why do people hurt?                  | Why do hurt people hurt people?     | ROLE
            What is critical thinking?           | What is critical in critical thinking? | ROLE
            Do Asian Playstation 4 games run on a Playstation 4? | Do Asian Playstation 4 games run on a Playstation? | NUMBER
            Comment perdre du poids ?            | How do I lose weight?               | LANGUAGE
            """)
    void tellsApartWhatDiffers(String a, String b, Difference.Kind kind) {
        assertThat(compare(a, b).agrees()).isFalse();
        assertThat(compare(a, b).differences()).anyMatch(difference -> difference.kind() == kind);
    }

    @Test
    void aNearWordIsASmallDifferenceAndAnOppositeNone() {
        assertThat(compare("How do I stop procrastinating?", "How do I avoid procrastinating?")
                        .cost())
                .isBetween(0.2, 0.5);
        assertThat(compare("How do I increase my rent?", "How do I reduce my rent?")
                        .agrees())
                .isFalse();
    }

    @Test
    void aDeedIsNotItsDoer() {
        Agreement agreement = compare("What is civil engineering?", "What is a civil engineer?");
        assertThat(MeaningRule.STANDARD.decide(1, agreement).same()).isFalse();
    }

    @Test
    void saysInTheWordsOfTheTextsWhatDiffers() {
        assertThat(compare("Can I work in China?", "Can I work outside China?").differences())
                .extracting(Difference::text)
                .contains("one says \"in China\", the other \"outside China\"");
        assertThat(compare("Is Earth a black hole?", "Is Earth in a black hole?")
                        .differences())
                .extracting(Difference::text)
                .contains("one says \"black hole\", the other \"in black hole\"");
    }

    @Test
    void comparesSymmetrically() {
        Agreement there = compare("Is fried food unhealthy?", "Is pan fried food bad for you?");
        Agreement back = compare("Is pan fried food bad for you?", "Is fried food unhealthy?");

        assertThat(there.cost()).isEqualTo(back.cost());
        assertThat(there.agrees()).isEqualTo(back.agrees());
    }
}
