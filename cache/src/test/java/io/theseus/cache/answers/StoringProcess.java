package io.theseus.cache.answers;

import io.theseus.proof.NodeKey;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;

/** Stores answers as fast as it can and reports each one that is stored, until somebody kills it. */
final class StoringProcess {
    private StoringProcess() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        int first = Integer.parseInt(args[1]);
        SplittableRandom random = new SplittableRandom(first);
        Semaphore running = new Semaphore(16);
        AnswerCache cache = AnswerCache.open(
                home, Samples.bounds(1L << 30, 1 << 20), NodeKey.of(home), InstantSource.fixed(Samples.START));
        System.out.println("open");
        for (int i = first; ; i++) {
            running.acquire();
            String name = "k" + i;
            int bytes = random.nextInt(10) == 0 ? 70_000 : random.nextInt(2000);
            var stored = cache.put(Samples.answer(name, bytes, Samples.START)).thenAccept(done -> {
                running.release();
                if (done) {
                    System.out.println(name + " " + bytes);
                }
            });
            if (i % 7 == 0) {
                stored.join();
            }
            if (i % 50 == 0) {
                cache.delete(Samples.answer("k" + (i - 3), 0, Samples.START).key());
                System.out.println("k" + (i - 3) + " deleted");
            }
        }
    }
}
