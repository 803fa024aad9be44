package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The commands by name. Only the class of the one that is called gets loaded. */
final class Commands {
    /**
     * Commands of two words.
     *
     * @param name the first word
     * @param fallback the second word when none is given, or empty if one is needed
     * @param members every second word
     */
    record Group(String name, String fallback, List<String> members) {}

    private static final List<Group> GROUPS = List.of(
            new Group("models", "list", List.of("list", "remove", "verify")),
            new Group("bench", "speed", List.of("speed", "cache", "meaning")),
            new Group(
                    "cache",
                    "stats",
                    List.of("stats", "list", "show", "rm", "pin", "unpin", "export", "import", "clear")),
            new Group("prompts", "list", List.of("list", "pin", "unpin")),
            new Group(
                    "inspect",
                    "",
                    List.of("model", "tokens", "template", "logits", "generate", "perplexity", "meaning")));

    private static final List<String> SINGLE = List.of("ask", "chat", "serve", "pull", "config", "doctor", "explain");

    private Commands() {}

    static Optional<Group> group(String name) {
        return GROUPS.stream().filter(group -> group.name().equals(name)).findFirst();
    }

    /** Every first word. */
    static List<String> names() {
        List<String> names = new ArrayList<>(SINGLE);
        GROUPS.forEach(group -> names.add(group.name()));
        return names;
    }

    /** The command called {@code name}, both words of it. */
    static Command create(String name) {
        return switch (name) {
            case "inspect model" -> new InspectModelCommand();
            case "inspect tokens" -> new InspectTokensCommand();
            case "inspect perplexity" -> new InspectPerplexityCommand();
            case "inspect logits" -> new InspectLogitsCommand();
            case "inspect template" -> new InspectTemplateCommand();
            case "inspect generate" -> new InspectGenerateCommand();
            case "inspect meaning" -> new InspectMeaningCommand();
            case "explain" -> new ExplainCommand();
            case "cache stats" -> new CacheStatsCommand();
            case "cache list" -> new CacheListCommand();
            case "cache show" -> new CacheShowCommand();
            case "cache rm" -> new CacheRmCommand();
            case "cache pin" -> new CachePinCommand();
            case "cache unpin" -> new CacheUnpinCommand();
            case "cache export" -> new CacheExportCommand();
            case "cache import" -> new CacheImportCommand();
            case "cache clear" -> new CacheClearCommand();
            case "prompts list" -> new PromptsListCommand();
            case "prompts pin" -> new PromptsPinCommand();
            case "prompts unpin" -> new PromptsUnpinCommand();
            case "ask" -> new AskCommand();
            case "pull" -> new PullCommand();
            case "models list" -> new ModelsListCommand();
            case "models remove" -> new ModelsRemoveCommand();
            case "models verify" -> new ModelsVerifyCommand();
            case "serve" -> new ServeCommand();
            case "chat" -> new ChatCommand();
            case "doctor" -> new DoctorCommand();
            case "bench speed" -> new BenchCommand();
            case "bench cache" -> new BenchCacheCommand();
            case "bench meaning" -> new BenchMeaningCommand();
            case "config" -> new ConfigCommand();
            default -> throw new TheseusException(ErrorCode.INTERNAL, "command " + name + " has no class");
        };
    }
}
