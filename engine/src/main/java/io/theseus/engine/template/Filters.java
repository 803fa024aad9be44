package io.theseus.engine.template;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jinja's filters by name. */
final class Filters {
    static final Set<String> NAMES = Set.of(
            "abs",
            "attr",
            "batch",
            "capitalize",
            "center",
            "count",
            "d",
            "default",
            "dictsort",
            "e",
            "escape",
            "first",
            "float",
            "forceescape",
            "from_json",
            "format",
            "indent",
            "int",
            "items",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "round",
            "safe",
            "select",
            "selectattr",
            "slice",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "truncate",
            "unique",
            "upper",
            "urlencode",
            "wordcount");

    private Filters() {}

    /** {@code value | name(arguments)}. */
    static Object apply(String name, Object value, Arguments arguments, Frame frame) {
        Work work = frame.work();
        return switch (name) {
            case "default", "d" -> defaulted(value, arguments);
            case "attr" -> {
                Object attribute = arguments.bind("attr", 1, "name")[0];
                Object own = attribute != null && Values.isText(attribute) && !(value instanceof Undefined)
                        ? Members.own(value, Values.textOf(attribute))
                        : null;
                yield own != null ? own : Undefined.member(value, attribute == null ? None.NONE : attribute);
            }
            case "tojson" -> toJson(value, arguments, work);
            case "from_json" -> fromJson(value, arguments, work);
            case "string" -> value instanceof Markup ? value : PythonText.str(value, work);
            case "safe" -> value instanceof Markup ? value : new Markup(PythonText.str(value, work));
            case "escape", "e" -> value instanceof Markup ? value : escaped(value, work);
            case "forceescape" -> escaped(value, work);
            case "abs", "int", "float", "round" -> NumberFilters.apply(name, value, arguments);
            case "upper",
                    "lower",
                    "title",
                    "capitalize",
                    "trim",
                    "replace",
                    "indent",
                    "center",
                    "truncate",
                    "wordcount",
                    "urlencode",
                    "format" -> TextFilters.apply(name, value, arguments, frame);
            case "length", "count" -> {
                arguments.bind(name, 0);
                yield Values.length(value);
            }
            case "select", "reject", "selectattr", "rejectattr", "map" ->
                Selection.apply(name, value, arguments, frame);
            default -> SequenceFilters.apply(name, value, arguments, frame);
        };
    }

    private static Object escaped(Object value, Work work) {
        String text = PythonText.str(value, work);
        work.text(text.length() * 5L);
        return new Markup(Markup.escape(text));
    }

    private static Object defaulted(Object value, Arguments arguments) {
        @Nullable Object[] bound = arguments.bind("default", 0, "default_value", "boolean");
        boolean falsy = bound[1] != null && Values.truth(bound[1]);
        if (value instanceof Undefined || (falsy && !Values.truth(value))) {
            return bound[0] == null ? "" : bound[0];
        }
        return value;
    }

    /** Not a filter of jinja2, but one that the DeepSeek templates of llama.cpp use. */
    private static Object fromJson(Object value, Arguments arguments, Work work) {
        arguments.bind("from_json", 0);
        String text = Values.textOf(value);
        work.text(text.length() * 2L);
        if (Json.prefix(text, 0) instanceof Json.Prefix.Complete complete
                && CodePoints.strip(text.substring(complete.end())).isEmpty()) {
            return Values.of(complete.value(), work);
        }
        throw TemplateFault.value("not a JSON text: " + PythonText.repr(value, work));
    }

    /** {@code json.dumps} with the parameters that chat templates may give. */
    private static String toJson(Object value, Arguments arguments, Work work) {
        @Nullable Object[] bound = arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        String item = bound[1] == null || bound[1] == None.NONE ? ", " : ",";
        String key = ": ";
        if (bound[2] != null && bound[2] != None.NONE) {
            var separators = Values.list(bound[2], work);
            if (separators.size() != 2) {
                throw TemplateFault.value("separators must be two texts");
            }
            item = Values.textOf(separators.get(0));
            key = Values.textOf(separators.get(1));
        }
        JsonText.Style style = new JsonText.Style(
                bound[0] != null && Values.truth(bound[0]),
                indent(bound[1], work),
                item,
                key,
                bound[3] != null && Values.truth(bound[3]));
        return JsonText.write(value, style, work);
    }

    private static @Nullable String indent(@Nullable Object indent, Work work) {
        if (indent == null || indent == None.NONE) {
            return null;
        }
        if (Values.isText(indent)) {
            return Values.textOf(indent);
        }
        long width = Math.max(0, Numbers.index(indent));
        work.text(width);
        return " ".repeat((int) width);
    }
}
