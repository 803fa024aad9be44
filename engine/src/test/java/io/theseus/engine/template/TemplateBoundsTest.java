package io.theseus.engine.template;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hostile template ends with a clear fault, soon and in little memory. */
class TemplateBoundsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{{ 'x' * 999999999 }}",
                "{{ 'x' * 99999999999999999999 }}",
                "{{ [0] * 999999999 }}",
                "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s='xx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}"
                        + "{{ ns.s|tojson }}",
                "{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}"
                        + "{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace() %}{% set ns.s = [ns] %}{{ ns }}",
                "{{ 9 ** (9 ** 9) }}",
                "{{ 2 ** 999999999 }}",
                "{% set ns = namespace(n=9) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ 'x'.center(999999999) }}",
                "{{ 'x'|indent(999999999, true) }}",
                "{{ [1]|tojson(indent=999999999) }}",
                "{{ 'a\\tb'.expandtabs(999999999) }}",
                "{{ ('a' * 9999999).replace('a', 'b' * 9999999) }}",
                "{{ ('a' * 9999999).replace('', 'b' * 99999) }}",
                "{{ [1]|batch(999999999, 0)|list }}",
                "{{ []|slice(999999999)|list }}",
                "{% for i in range(9999) %}{{ ('a' * 999999 ~ 'b') in ('a' * 1999999) }}{% endfor %}",
                "{% for i in range(99999) %}{{ 'a' * 9999 }}{% endfor %}",
                "{% for i in range(99999) %}{% set x = ('a' * 99999)|upper %}{% endfor %}",
                "{{ range(99999)|list|sort|map('string')|join('x' * 9999) }}",
            })
    void aHostileTemplateIsStopped(String source) {
        ChatTemplate template = ChatTemplate.compile(source, null, null);
        assertTimeout(
                Duration.ofSeconds(30),
                () -> assertThatThrownBy(() -> template.render(ChatInput.of(List.of(), Instant.EPOCH)))
                        .isInstanceOfSatisfying(
                                TheseusException.class,
                                fault -> org.assertj.core.api.Assertions.assertThat(fault.code())
                                        .isEqualTo(ErrorCode.BAD_INPUT)));
    }

    @Test
    void deepNestingIsRefusedWhenTheModelLoads() {
        for (String open : List.of("(", "[", "{0:", "not ", "-", "x[", "f(", "1 if 1 else ")) {
            assertThatThrownBy(() -> ChatTemplate.compile("{{ " + open.repeat(100_000), null, null))
                    .isInstanceOf(TheseusException.class);
        }
        for (String link : List.of("+1", "|abs", ".x", "[0]", " and 1", "*2", "()")) {
            assertThatThrownBy(() -> ChatTemplate.compile("{{ x" + link.repeat(100_000) + " }}", null, null))
                    .isInstanceOf(TheseusException.class);
        }
        assertThatThrownBy(() -> ChatTemplate.compile("{% if x %}".repeat(100_000), null, null))
                .isInstanceOf(TheseusException.class);
    }
}
