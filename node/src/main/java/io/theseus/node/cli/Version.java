package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What this build is. */
final class Version {
    private Version() {}

    /** The version number, as the build wrote it. */
    static String number() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new TheseusException(ErrorCode.INTERNAL, "version.properties is not in the jar; build it again");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read version.properties: " + e.getMessage(), e);
        }
        return properties.getProperty("version", "unknown");
    }

    /** One line: the version, and the Java that runs it. */
    static String line() {
        return "theseus " + number() + " (Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ")";
    }
}
