package io.theseus.node;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the modules and packages of the main code to the order in docs/architecture.md. */
class ArchitectureTest {
    /** What each module may use besides itself. A new module is a new line here. */
    private static final Map<String, List<String>> MODULES = Map.of(
            "core", List.of(),
            "engine", List.of("core"),
            "concept", List.of("core"),
            "proof", List.of("core"),
            "cache", List.of("core", "proof"),
            "orchestrator", List.of("core", "engine", "concept", "proof", "cache"),
            "node", List.of("core", "engine", "concept", "proof", "cache", "orchestrator"));

    /** The stages of the engine, each of which may use the ones before it. */
    private static final List<String> ENGINE_STAGES = List.of(
            "gguf", "tokenizer", "template", "safetensors", "tensor", "model", "embedding", "sampler", "scheduler");

    private static JavaClasses program;

    @BeforeAll
    static void readClasses() {
        program = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.theseus")
                .that(resideOutsideOfPackages("io.theseus.testkit.."));
    }

    @Test
    void everyModuleIsKnown() {
        Set<String> found = new TreeSet<>();
        program.forEach(type -> found.add(type.getPackageName().split("\\.", 4)[2]));

        assertThat(found).isEqualTo(new TreeSet<>(MODULES.keySet()));
    }

    @Test
    void modulesDependOnlyUpwards() {
        MODULES.forEach((module, allowed) -> noClasses()
                .that()
                .resideInAPackage("io.theseus." + module + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.theseus..").and(outside(module, allowed)))
                .because("modules depend only upwards in the list of docs/architecture.md")
                .check(program));
    }

    @Test
    void coreDependsOnTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("io.theseus.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.theseus.core..", "org.jspecify.annotations")
                .check(program);
    }

    @Test
    void engineStagesDependOnlyOnEarlierOnes() {
        for (int i = 0; i < ENGINE_STAGES.size(); i++) {
            String[] later = ENGINE_STAGES.stream()
                    .skip(i + 1)
                    .map(stage -> "io.theseus.engine." + stage + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("io.theseus.engine." + ENGINE_STAGES.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later)
                    .check(program);
        }
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.theseus.(*).(*)..").should().beFreeOfCycles().check(program);
    }

    @Test
    void librariesStayWhereTheyAreWrapped() {
        confine(
                "java.lang.foreign..",
                "io.theseus.engine.gguf",
                "io.theseus.engine.safetensors",
                "io.theseus.engine.tensor",
                "io.theseus.engine.model");
        confine("jdk.incubator.vector..", "io.theseus.engine.tensor", "io.theseus.cache.semantic");
        confine("io.helidon..", "io.theseus.node.http");
        confine("picocli..", "io.theseus.node.cli", "io.theseus.node");
        confine("org.jline..", "io.theseus.node.cli");
        confine("tools.jackson..", "io.theseus.node..");
        confine("java.sql..", "io.theseus.cache.store");
        confine("sun..");
        confine("jdk.internal..");
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that(resideOutsideOfPackages("io.theseus.node.cli.."))
                .and()
                .doNotHaveFullyQualifiedName("io.theseus.node.Main")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(program);
        noClasses().should().callMethod(Throwable.class, "printStackTrace").check(program);
    }

    @Test
    void timeAndChanceAreInjected() {
        noClasses()
                .should()
                .callMethodWhere(readsTheWallClock())
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class)
                .because("a test must be able to turn the clock and to repeat the dice")
                .check(program);
    }

    @Test
    void noHiddenState() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ThreadLocal.class)
                .because("state belongs to an object that someone closes")
                .check(program);
    }

    @Test
    void faultsAreTheseusExceptions() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.theseus.core.TheseusException")
                .should()
                .callConstructor(RuntimeException.class)
                .orShould()
                .callConstructor(RuntimeException.class, String.class)
                .orShould()
                .callConstructor(RuntimeException.class, String.class, Throwable.class)
                .orShould()
                .callConstructor(RuntimeException.class, Throwable.class)
                .check(program);
    }

    @Test
    void packagesSayWhatTheyHold() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..impl..", "..common..", "..manager..", "..helper..")
                .check(program);
    }

    private static DescribedPredicate<JavaClass> outside(String module, List<String> allowed) {
        String[] packages = Stream.concat(Stream.of(module), allowed.stream())
                .map(name -> "io.theseus." + name + "..")
                .toArray(String[]::new);
        return resideOutsideOfPackages(packages);
    }

    private static void confine(String library, String... homes) {
        noClasses()
                .that(resideOutsideOfPackages(homes))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(program);
    }

    private static DescribedPredicate<JavaMethodCall> readsTheWallClock() {
        return describe("the wall clock is read", call -> {
            String owner = call.getTargetOwner().getName();
            String name = call.getTarget().getName();
            boolean noArguments = call.getTarget().getRawParameterTypes().isEmpty();
            return owner.equals("java.lang.System") && name.equals("currentTimeMillis")
                    || owner.startsWith("java.time.") && name.equals("now") && noArguments
                    || owner.equals("java.time.Clock") && name.startsWith("system")
                    || owner.equals("java.time.InstantSource") && name.equals("system") && !wires(call);
        });
    }

    /** Whether the call stands where the program is put together, the one place that hands out the real clock. */
    private static boolean wires(JavaMethodCall call) {
        String name = call.getOriginOwner().getPackageName();
        return name.equals("io.theseus.node") || name.equals("io.theseus.node.cli");
    }
}
