package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.Nearest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * The command line. The name decides which one class is loaded; everything a person may see goes through here, so that a
 * mistake is one line on standard error and an exit status of {@link ErrorCode}, and a stack trace comes only when asked for.
 */
public final class Program {
    /** The arguments cannot be used as given. */
    static final int USAGE = 2;

    private final Console console;
    private final Map<String, String> environment;
    private final ModelOpener models;
    private final boolean debug;
    private final Interrupts interrupts;

    private Program(
            Console console,
            Map<String, String> environment,
            ModelOpener models,
            boolean debug,
            Interrupts interrupts) {
        this.console = console;
        this.environment = environment;
        this.models = models;
        this.debug = debug;
        this.interrupts = interrupts;
    }

    /**
     * Runs one command to its end.
     *
     * @return the exit status: 0 done, 2 the caller can fix it, 3 try again later, 1 a fault, 130 stopped by ctrl-C
     */
    public static int run(Console console, Map<String, String> environment, String... args) {
        return run(console, environment, ModelOpener.FILES, args);
    }

    /** {@link #run(Console, Map, String...)} with other models than those of the configuration. */
    static int run(Console console, Map<String, String> environment, ModelOpener models, String... args) {
        List<String> words = List.of(args);
        int end = words.contains("--") ? words.indexOf("--") : words.size();
        boolean debug = words.subList(0, end).contains("--debug") || isOn(environment.get("THESEUS_DEBUG"));
        try (Interrupts interrupts = new Interrupts(Thread.currentThread())) {
            int status = new Program(console, environment, models, debug, interrupts).run(words);
            console.out().flush();
            console.err().flush();
            return status;
        }
    }

    private static boolean isOn(@org.jspecify.annotations.Nullable String value) {
        return value != null && !value.isEmpty() && !value.equals("0") && !value.equals("false");
    }

    private int run(List<String> words) {
        int first = 0;
        while (first < words.size() && words.get(first).equals("--debug")) {
            first++;
        }
        List<String> rest = words.subList(first, words.size());
        if (rest.isEmpty()) {
            console.err().print(Help.overview());
            return USAGE;
        }
        String word = rest.get(0);
        List<String> after = rest.subList(1, rest.size());
        switch (word) {
            case "-h", "--help" -> {
                console.out().print(Help.overview());
                return 0;
            }
            case "help" -> {
                return help(after);
            }
            case "-V", "--version" -> {
                console.out().println(Version.line());
                return 0;
            }
            default -> {
                return command(word, after);
            }
        }
    }

    private int help(List<String> words) {
        if (words.isEmpty()) {
            console.out().print(Help.overview());
            return 0;
        }
        String last = words.get(words.size() - 1);
        if (last.startsWith("-")) {
            return refuse("theseus help", "expected a command, not " + last, "theseus --help");
        }
        return command(
                words.get(0),
                java.util.stream.Stream.concat(words.stream().skip(1), java.util.stream.Stream.of("--help"))
                        .toList());
    }

    private int command(String word, List<String> after) {
        Optional<Commands.Group> group = Commands.group(word);
        if (group.isPresent()) {
            String second = after.isEmpty() ? "" : after.get(0);
            if (second.equals("-h") || second.equals("--help") || second.equals("help")) {
                console.out().print(Help.group(group.get()));
                return 0;
            }
            if (second.isEmpty() || second.startsWith("-")) {
                if (group.get().fallback().isEmpty()) {
                    console.err().print(Help.group(group.get()));
                    return USAGE;
                }
                return execute(word + " " + group.get().fallback(), after);
            }
            if (!group.get().members().contains(second)) {
                return refuse(
                        "theseus " + word,
                        "there is no `" + second + "`"
                                + hint(second, group.get().members()),
                        "theseus " + word + " --help");
            }
            return execute(word + " " + second, after.subList(1, after.size()));
        }
        if (!Commands.names().contains(word)) {
            return refuse(
                    "theseus", "there is no command `" + word + "`" + hint(word, Commands.names()), "theseus --help");
        }
        return execute(word, after);
    }

    private int execute(String name, List<String> args) {
        String full = "theseus " + name;
        try {
            Command command = Commands.create(name);
            CommandLine line = new CommandLine(command);
            line.setCommandName(full);
            line.setUsageHelpWidth(100);
            line.getCommandSpec().usageMessage().abbreviateSynopsis(true);
            line.setExpandAtFiles(false);
            line.getCommandSpec().parser().collectErrors(true);
            SettingOptions.add(line, command.settings());
            CommandLine.ParseResult parsed = line.parseArgs(args.toArray(String[]::new));
            if (parsed.isUsageHelpRequested()) {
                line.usage(console.out(), CommandLine.Help.Ansi.OFF);
                return 0;
            }
            if (parsed.isVersionHelpRequested()) {
                console.out().println(Version.line());
                return 0;
            }
            refuseMistakes(parsed);
            return command.run(new Call(
                    console,
                    environment,
                    SettingOptions.given(parsed, command.settings()),
                    InstantSource.system(),
                    interrupts,
                    models));
        } catch (CommandLine.ParameterException e) {
            trace(e);
            return refuse(full, firstLine(e), full + " --help");
        } catch (TheseusException e) {
            trace(e);
            if (interrupts.fired()) {
                return stopped(full);
            }
            console.note(full + ": " + e.getMessage());
            return e.code().exitStatus();
        } catch (InterruptedException e) {
            trace(e);
            return stopped(full);
        } catch (OutOfMemoryError e) {
            trace(e);
            console.note(full + ": memory is used up (" + e.getMessage()
                    + "); use a smaller model or --context, or give Java more with THESEUS_JAVA_OPTS=-Xmx8g");
            return ErrorCode.BUSY.exitStatus();
        } catch (RuntimeException | Error e) {
            trace(e);
            console.note(
                    full + ": internal fault: " + e + (debug ? "" : "; run it again with --debug for the details"));
            return ErrorCode.INTERNAL.exitStatus();
        }
    }

    private int stopped(String who) {
        console.note(who + ": stopped");
        return Command.STOPPED;
    }

    /** A word that nobody knows explains more than what is missing because of it, so it is named first. */
    private static void refuseMistakes(CommandLine.ParseResult parsed) {
        for (Exception mistake : parsed.errors()) {
            if (mistake instanceof CommandLine.UnmatchedArgumentException unmatched) {
                throw unmatched;
            }
        }
        for (Exception mistake : parsed.errors()) {
            if (mistake instanceof CommandLine.ParameterException parameter) {
                throw parameter;
            }
            throw new TheseusException(ErrorCode.BAD_INPUT, String.valueOf(mistake.getMessage()), mistake);
        }
    }

    private void trace(Throwable fault) {
        if (debug) {
            console.out().flush();
            fault.printStackTrace(console.err());
        }
    }

    private int refuse(String who, String what, String help) {
        console.note(who + ": " + what + "; see `" + help + "`");
        return USAGE;
    }

    private static String hint(String word, List<String> known) {
        return Nearest.to(word, known)
                .map(near -> ", did you mean `" + near + "`?")
                .orElse("");
    }

    private static String firstLine(Throwable fault) {
        String message = String.valueOf(fault.getMessage());
        if (fault instanceof CommandLine.UnmatchedArgumentException unmatched) {
            List<String> left = unmatched.getUnmatched();
            String word = left.get(0);
            if (word.startsWith("-")) {
                List<String> options = unmatched.getCommandLine().getCommandSpec().options().stream()
                        .flatMap(option -> Arrays.stream(option.names()))
                        .filter(name -> name.startsWith("--"))
                        .toList();
                return "there is no option " + word + hint(word, options);
            }
            return "nothing is expected at `" + word + "`; a value of several words needs quotes";
        }
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
