package io.theseus.cache.store;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.sql.SQLException;

/**
 * What SQLite's errors mean to us.
 *
 * <p>Source: https://www.sqlite.org/rescode.html
 */
final class SqlFaults {
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int NOT_A_DATABASE = 26;

    private SqlFaults() {}

    /** Whether the database file is broken, so that only a new one helps. */
    static boolean damage(SQLException e) {
        int code = e.getErrorCode() & 0xFF;
        return code == CORRUPT || code == NOT_A_DATABASE;
    }

    static TheseusException fault(SQLException e) {
        return switch (e.getErrorCode() & 0xFF) {
            case BUSY, LOCKED ->
                new TheseusException(
                        ErrorCode.BUSY, "another process keeps the cache's database locked; try again later", e);
            case FULL ->
                new TheseusException(
                        ErrorCode.IO_FAILED,
                        "the disk with the cache is full; free some space or shrink cache-size",
                        e);
            default -> new TheseusException(ErrorCode.IO_FAILED, "the cache's database failed: " + e.getMessage(), e);
        };
    }
}
