package io.theseus.cache.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One connection to the database, used by one thread. Keeps its prepared statements. */
final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final List<Runnable> afterCommit = new ArrayList<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /** The statement, with no parameters left from its last use. The result set of its last use is closed. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        statement.clearParameters();
        return statement;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Does {@code action} once what was written so far is committed; not at all if it is rolled back. */
    void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /** How many actions are to be done; {@link #dropActions} goes back to it. */
    int actions() {
        return afterCommit.size();
    }

    void dropActions(int from) {
        afterCommit.subList(from, afterCommit.size()).clear();
    }

    void runActions() {
        List<Runnable> actions = List.copyOf(afterCommit);
        afterCommit.clear();
        actions.forEach(Runnable::run);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
