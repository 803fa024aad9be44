package io.theseus.engine.exactness;

import io.theseus.engine.closeness.TinyGolden;
import io.theseus.engine.model.ModelOptions;
import java.io.PrintStream;
import java.util.List;

/**
 * What {@link ExactnessIT} starts in JVMs of its own. Arguments: kernel, threads, longest prompt, file names. Prints lines of
 * {@code file tokens sha256-of-logits state-root}.
 */
final class ExactnessProbe {
    private ExactnessProbe() {}

    public static void main(String[] arguments) {
        ModelOptions options = new ModelOptions(
                0, 16 << 20, Integer.parseInt(arguments[1]), ModelOptions.Kernel.valueOf(arguments[0]));
        int longest = Integer.parseInt(arguments[2]);
        List<String> files = List.of(arguments).subList(3, arguments.length);
        PrintStream out = System.out;
        for (TinyGolden model : TinyGolden.all()) {
            if (files.contains(model.file())) {
                List<TinyGolden.Case> cases = model.cases().stream()
                        .filter(c -> c.ids().length <= longest)
                        .toList();
                List<String> hashes = Fingerprint.of(
                        model.path(), cases.stream().map(TinyGolden.Case::ids).toList(), options);
                for (int i = 0; i < hashes.size(); i++) {
                    out.println(Fingerprint.key(model, cases.get(i)) + " " + hashes.get(i));
                }
            }
        }
    }
}
