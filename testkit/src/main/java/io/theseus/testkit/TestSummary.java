package io.theseus.testkit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Adds up the test reports that Surefire and Failsafe left under each module, and says what failed and what was skipped, and
 * why. Uses the JDK alone, because {@code ./theseus test} runs this source file as it is, also after a failed build.
 *
 * <p>Source: the report format, https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd
 */
public final class TestSummary {
    private static final List<String> REPORTS = List.of("target/surefire-reports", "target/failsafe-reports");
    private static final int MAX_REASON = 160;

    private int passed;
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> skipped = new TreeMap<>(); // class and reason -> tests

    private TestSummary() {}

    /** Prints the summary of the checkout {@code args[0]}; exit status 1 if a test failed or none ran. */
    public static void main(String[] args) throws IOException {
        System.exit(print(Path.of(args[0]), System.out) ? 0 : 1);
    }

    /**
     * Prints what failed, what was skipped and, as the last line, {@code N passed, N failed, N skipped}.
     *
     * @param root directory of the checkout, whose children are modules
     * @return whether at least one test passed and none failed
     * @throws IOException if a report cannot be read
     */
    static boolean print(Path root, PrintStream out) throws IOException {
        TestSummary summary = new TestSummary();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.sorted().toList()) {
                for (String directory : REPORTS) {
                    summary.addDirectory(module.resolve(directory));
                }
            }
        }
        int skips = summary.skipped.values().stream().mapToInt(n -> n).sum();
        if (skips > 0) {
            out.println("\nSkipped:");
            summary.skipped.forEach((what, n) -> out.println("  " + what + (n > 1 ? " (" + n + " tests)" : "")));
        }
        if (!summary.failures.isEmpty()) {
            out.println("\nFailed:");
            summary.failures.forEach(what -> out.println("  " + what));
        }
        if (summary.passed + summary.failures.size() == 0) {
            out.println("\nNo test ran.");
        }
        out.println();
        out.println(summary.passed + " passed, " + summary.failures.size() + " failed, " + skips + " skipped");
        return summary.passed > 0 && summary.failures.isEmpty();
    }

    private void addDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("TEST-") && name.endsWith(".xml")) {
                    addReport(file);
                }
            }
        }
    }

    private void addReport(Path file) throws IOException {
        NodeList cases;
        try {
            cases = parse(file).getElementsByTagName("testcase");
        } catch (SAXException e) {
            // A test JVM that was killed leaves half a report; that is a failure, never a silence.
            failures.add(file + " cannot be read: " + e.getMessage());
            return;
        }
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            // A test that never finished, or failed before its first method, has an element without a name.
            String className = test.getAttribute("classname");
            String name = className + (test.getAttribute("name").isEmpty() ? "" : "." + test.getAttribute("name"));
            String failure = message(test, "failure", message(test, "error", ""));
            String skip = message(test, "skipped", "");
            if (!failure.isEmpty()) {
                failures.add(name + ": " + failure);
            } else if (!skip.isEmpty()) {
                skipped.merge(className + ": " + skip, 1, Integer::sum);
            } else {
                passed++;
            }
        }
    }

    /** First line of the message of the child element {@code tag}, {@code otherwise} if there is no such child. */
    private static String message(Element test, String tag, String otherwise) {
        NodeList children = test.getElementsByTagName(tag);
        if (children.getLength() == 0) {
            return otherwise;
        }
        Element child = (Element) children.item(0);
        String text = child.getAttribute("message").isBlank() ? child.getTextContent() : child.getAttribute("message");
        String line = text.strip().lines().findFirst().orElse("no reason given");
        return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...";
    }

    private static Document parse(Path file) throws IOException, SAXException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            // A report carries everything that its tests printed; the JDK's default limit of 100,000 characters is for
            // strangers.
            factory.setAttribute("jdk.xml.maxGeneralEntitySizeLimit", "0");
            factory.setAttribute("jdk.xml.totalEntitySizeLimit", "0");
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(file.toFile());
        } catch (ParserConfigurationException e) {
            throw new IOException("this JDK cannot read XML as asked: " + e.getMessage(), e);
        }
    }
}
