package io.theseus.node.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where a platform keeps a program's data.
 *
 * <p>Source: the XDG Base Directory specification; Apple's File System Programming Guide; Windows' Known Folders.
 */
final class HomeFolder {
    private HomeFolder() {}

    /**
     * The default home.
     *
     * @param system value of {@code os.name}
     * @param user value of {@code user.home}
     */
    static Path of(String system, String user, Map<String, String> environment) {
        String os = system.toLowerCase(Locale.ROOT);
        if (os.startsWith("windows")) {
            String local = environment.getOrDefault("LOCALAPPDATA", "");
            return local.isBlank() ? Path.of(user, "AppData", "Local", "Theseus") : Path.of(local, "Theseus");
        }
        if (os.startsWith("mac")) {
            return Path.of(user, "Library", "Application Support", "Theseus");
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        // The specification says that a relative path in this variable is to be ignored.
        return data.isBlank() || !Path.of(data).isAbsolute()
                ? Path.of(user, ".local", "share", "theseus")
                : Path.of(data, "theseus");
    }
}
