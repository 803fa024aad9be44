package io.theseus.node.cli;

import io.theseus.node.config.Setting;
import java.util.List;

/** One command, its own options already read. */
interface Command {
    /** Status of a command that ctrl-C stopped: 128 + SIGINT, as shells have it. */
    int STOPPED = 130;

    /** Settings that can be given as options of this command. */
    default List<Setting> settings() {
        return List.of(Setting.HOME);
    }

    /**
     * Does the work.
     *
     * @return the exit status
     * @throws io.theseus.core.TheseusException for what a person should read in one line
     */
    int run(Call call) throws InterruptedException;
}
