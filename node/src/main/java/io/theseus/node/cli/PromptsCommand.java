package io.theseus.node.cli;

import io.theseus.node.config.Setting;
import java.util.List;

/** What the commands about pinned prompts have in common: a running node does the work. */
interface PromptsCommand extends Command {
    @Override
    default List<Setting> settings() {
        return List.of(Setting.HOME, Setting.LISTEN, Setting.PORT, Setting.API_KEYS);
    }
}
