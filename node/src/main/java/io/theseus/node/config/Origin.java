package io.theseus.node.config;

import java.nio.file.Path;

/** Where a setting's value came from, in ascending order of precedence. */
public sealed interface Origin {
    /** Nobody said anything. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A line of a properties file, counted from 1. */
    record FileLine(Path file, int line) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** An environment variable. */
    record Environment(String variable) implements Origin {
        @Override
        public String toString() {
            return "environment " + variable;
        }
    }

    /** A flag of the command line. */
    record Flag(String flag) implements Origin {
        @Override
        public String toString() {
            return "flag " + flag;
        }
    }
}
