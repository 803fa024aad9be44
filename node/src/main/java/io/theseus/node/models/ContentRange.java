package io.theseus.node.models;

import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes a partial answer holds.
 *
 * <p>Source: RFC 9110, section 14.4.
 *
 * @param first position of the first byte
 * @param total length of the whole file, if told
 */
record ContentRange(long first, OptionalLong total) {
    private static final Pattern BYTES = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d{1,18})");

    static Optional<ContentRange> of(HttpResponse<?> response) {
        Matcher m = BYTES.matcher(response.headers().firstValue("Content-Range").orElse(""));
        if (!m.matches()) {
            return Optional.empty();
        }
        String total = m.group(3);
        return Optional.of(new ContentRange(
                Long.parseLong(m.group(1)),
                total.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total))));
    }

    /** Length of the file, from an answer that no byte of it was asked for. */
    static OptionalLong totalOfUnsatisfied(HttpResponse<?> response) {
        Matcher m = UNSATISFIED.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        return m.matches() ? OptionalLong.of(Long.parseLong(m.group(1))) : OptionalLong.empty();
    }
}
