package io.theseus.engine.template;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.List;

/** C's {@code strftime} in the C locale, at a moment in UTC without a named zone. */
final class Strftime {
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");
    private static final List<String> DAYS =
            List.of("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");

    private Strftime() {}

    static String format(String format, Instant now) {
        LocalDateTime time = LocalDateTime.ofInstant(now, ZoneOffset.UTC);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char flag = format.charAt(++i);
            if ("-_0^#".indexOf(flag) >= 0 && i + 1 < format.length()) {
                out.append(flagged(field(format.charAt(++i), time, now), flag));
            } else {
                out.append(field(flag, time, now));
            }
        }
        return out.toString();
    }

    private static String flagged(String field, char flag) {
        int zeros = 0;
        while (zeros < field.length() - 1 && (field.charAt(zeros) == '0' || field.charAt(zeros) == ' ')) {
            zeros++;
        }
        return switch (flag) {
            case '-' -> field.substring(zeros);
            case '_' -> " ".repeat(zeros) + field.substring(zeros);
            case '0' -> "0".repeat(zeros) + field.substring(zeros);
            default -> Casing.upper(field);
        };
    }

    private static String field(char code, LocalDateTime t, Instant now) {
        int weekday = t.getDayOfWeek().getValue() % 7;
        int hour12 = (t.getHour() + 11) % 12 + 1;
        return switch (code) {
            case 'Y' -> Integer.toString(t.getYear());
            case 'C' -> two(t.getYear() / 100);
            case 'y' -> two(Math.floorMod(t.getYear(), 100));
            case 'm' -> two(t.getMonthValue());
            case 'd' -> two(t.getDayOfMonth());
            case 'e' -> spaced(t.getDayOfMonth());
            case 'H' -> two(t.getHour());
            case 'k' -> spaced(t.getHour());
            case 'I' -> two(hour12);
            case 'l' -> spaced(hour12);
            case 'M' -> two(t.getMinute());
            case 'S' -> two(t.getSecond());
            case 'f' -> padded(t.getNano() / 1000, 6);
            case 'p' -> t.getHour() < 12 ? "AM" : "PM";
            case 'P' -> t.getHour() < 12 ? "am" : "pm";
            case 'B' -> MONTHS.get(t.getMonthValue() - 1);
            case 'b', 'h' -> MONTHS.get(t.getMonthValue() - 1).substring(0, 3);
            case 'A' -> DAYS.get(weekday);
            case 'a' -> DAYS.get(weekday).substring(0, 3);
            case 'j' -> padded(t.getDayOfYear(), 3);
            case 'u' -> Integer.toString(t.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(weekday);
            case 'U' -> two((t.getDayOfYear() + 6 - weekday) / 7);
            case 'W' -> two((t.getDayOfYear() + 6 - (weekday + 6) % 7) / 7);
            case 'V' -> two(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> Integer.toString(t.get(IsoFields.WEEK_BASED_YEAR));
            case 'g' -> two(Math.floorMod(t.get(IsoFields.WEEK_BASED_YEAR), 100));
            case 's' -> Long.toString(now.getEpochSecond());
            case 'Z', 'z' -> "";
            case 'D', 'x' -> format("%m/%d/%y", now);
            case 'F' -> format("%Y-%m-%d", now);
            case 'T', 'X' -> format("%H:%M:%S", now);
            case 'R' -> format("%H:%M", now);
            case 'r' -> format("%I:%M:%S %p", now);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", now);
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> "%" + code;
        };
    }

    private static String two(int number) {
        return padded(number, 2);
    }

    private static String spaced(int number) {
        return number < 10 ? " " + number : Integer.toString(number);
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
