package io.theseus.node.cli;

import io.theseus.node.config.Setting;
import java.util.List;

/** What the commands about remembered answers have in common: they work beside a running node, on the same files. */
interface CacheCommand extends Command {
    @Override
    default List<Setting> settings() {
        return List.of(Setting.CACHE_SIZE, Setting.CACHE_TTL, Setting.HOME);
    }
}
