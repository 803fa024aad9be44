package io.theseus.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that was started without the Vector API's module, as the launcher does for one answer by native kernels. */
class WithoutVectorModuleIT {
    @Test
    @Timeout(60)
    void scansBySimplerMeansAndFindsTheSame() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ScanWithoutVectors.class.getName())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        String here = ScanWithoutVectors.found();
        assertThat(here.lines()).hasSizeGreaterThan(5);
        assertThat(printed.replace("\r\n", "\n")).isEqualTo("scalar\n" + here + "\n");
    }
}
