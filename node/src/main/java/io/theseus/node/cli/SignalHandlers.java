package io.theseus.node.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ctrl-C and SIGTERM for a command that takes its time to end: the first asks it to, the second does not ask.
 *
 * <p>Through {@code sun.misc.Signal}, by reflection, because a shutdown hook cannot hear a second signal. Where a JVM does not
 * have it, {@link Interrupts} still gives the first one its meaning.
 */
final class SignalHandlers implements AutoCloseable {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final List<Runnable> restore;

    private SignalHandlers(List<Runnable> restore) {
        this.restore = restore;
    }

    static SignalHandlers install(Interrupts interrupts) {
        List<Runnable> restore = new ArrayList<>();
        for (String signal : SIGNALS) {
            handle(signal, interrupts).ifPresent(restore::add);
        }
        return new SignalHandlers(restore);
    }

    /** Takes over {@code name}; returns how to give it back, or nothing if it cannot be had or was ignored (nohup). */
    private static Optional<Runnable> handle(String name, Interrupts interrupts) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            Object handler = Proxy.newProxyInstance(
                    SignalHandlers.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            interrupts.fire();
                        }
                        return null;
                    });
            var handle = signalType.getMethod("handle", signalType, handlerType);
            Object before = handle.invoke(null, signal, handler);
            if (before != null && before.equals(handlerType.getField("SIG_IGN").get(null))) {
                handle.invoke(null, signal, before);
                return Optional.empty();
            }
            return Optional.of(() -> give(handle, signal, before));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // Not on this JVM, or this signal not on this system: the shutdown hook remains.
            return Optional.empty();
        }
    }

    private static void give(java.lang.reflect.Method handle, Object signal, Object handler) {
        try {
            handle.invoke(null, signal, handler);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a signal that could be taken cannot be given back", e);
        }
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
