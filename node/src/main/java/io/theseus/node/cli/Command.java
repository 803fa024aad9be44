package io.theseus.node.cli;

/** One command, its options already read. */
interface Command {
    /** Status of a command that ctrl-C stopped: 128 + SIGINT, as shells have it. */
    int STOPPED = 130;

    /**
     * Does the work.
     *
     * @return the exit status
     * @throws io.theseus.core.TheseusException for what a person should read in one line
     */
    int run() throws InterruptedException;
}
