package io.theseus.node.http;

import java.time.Duration;
import java.util.Optional;

/** Told about each request once its response has ended. Called by many threads. */
@FunctionalInterface
public interface RequestLog {
    void accept(Entry entry);

    /**
     * One request. It never holds any of the prompt's or the answer's text.
     *
     * @param id the {@code x-request-id} that the client got
     * @param status HTTP status; 499 if the client went away before the answer was complete
     * @param model the model that answered, if one was asked
     * @param promptTokens tokens in the prompt, 0 if it never got so far
     * @param cachedTokens of them, those whose state was already there
     * @param completionTokens tokens generated
     * @param layer which layer answered ({@code answer}, {@code meaning}, {@code state}, {@code compute}), if an answer was begun
     * @param saved computing time that this saved
     * @param finish why the answer ended ({@code stop}, {@code length}, ...), or the error's code
     */
    record Entry(
            String id,
            String method,
            String route,
            int status,
            Duration elapsed,
            Optional<String> model,
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            Optional<String> layer,
            Duration saved,
            Optional<String> finish) {
        /** Whether the dashboard asked well and was answered, for nothing but a view of this node. */
        public boolean lookingOn() {
            boolean view = route.equals(PageEndpoint.ROOT)
                    || route.startsWith(PageEndpoint.FILES)
                    || route.startsWith("/theseus/v1/");
            return view && method.equals("GET") && status < 400;
        }

        /** One line, key=value. */
        public String line() {
            StringBuilder line = new StringBuilder("http request method=").append(method);
            line.append(" route=").append(route).append(" status=").append(status);
            line.append(" ms=").append(elapsed.toMillis());
            model.ifPresent(name -> line.append(" model=").append(name));
            if (promptTokens > 0) {
                line.append(" prompt_tokens=").append(promptTokens);
                line.append(" cached_tokens=").append(cachedTokens);
                line.append(" completion_tokens=").append(completionTokens);
            }
            layer.ifPresent(word -> line.append(" layer=").append(word));
            finish.ifPresent(reason -> line.append(" finish=").append(reason));
            return line.append(" id=").append(id).toString();
        }
    }
}
