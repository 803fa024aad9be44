package io.theseus.node.upstream;

import io.theseus.orchestrator.flight.Source;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A remembered answer as if it came from its upstream. Read by one thread at a time. */
final class RepeatedAnswer implements Source<Frame> {
    private final Deque<Frame> frames = new ArrayDeque<>();

    RepeatedAnswer(UpstreamAnswer answer) {
        Frame.Form form = answer.streamed() ? Frame.Form.EVENTS : Frame.Form.MESSAGE;
        String type = answer.streamed() ? "text/event-stream" : "application/json";
        frames.add(new Frame.Head("", 200, form, type, List.of()));
        List<byte[]> pieces = answer.pieces();
        for (byte[] event : pieces.subList(0, pieces.size() - 1)) {
            frames.add(new Frame.Part(event, UpstreamAnswer.onlyCounts(event)));
        }
        frames.add(new Frame.End(pieces.getLast(), true, 0));
    }

    @Override
    public @Nullable Frame poll(long millis) {
        return frames.poll();
    }

    @Override
    public void cancel() {
        frames.clear();
    }
}
