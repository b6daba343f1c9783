import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line: see the script `oracle`. */
public final class Oracle {
    private static final long CASE_SECONDS_MAX = 90;
    /** An operator of a physical plan and its changelog mode. */
    private static final Pattern OPERATOR = Pattern.compile("(?m)^[ :+-]*(\\w+)\\(.*changelogMode=\\[([A-Z,]*)\\].*$");

    private Oracle() {}

    public static void main(String[] arguments) throws Exception {
        Arguments given = new Arguments(arguments);
        int status;
        try (Cluster cluster = new Cluster()) {
            status = switch (given.command) {
                case "cases" -> cases(cluster, given, true);
                case "check" -> cases(cluster, given, false);
                case "run" -> run(cluster, given);
                case "each" -> each(cluster, given);
                case "parse" -> parse(cluster, given);
                case "explain" -> explain(cluster, given);
                case "verdicts" -> lines(given, ".verdicts", statement -> verdict(cluster, statement));
                case "modes" -> lines(given, ".modes", statement -> modes(cluster, statement));
                default -> usage();
            };
        }
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }

    private static int usage() {
        System.err.println("usage: oracle cases|check|run|each|parse|explain|verdicts|modes PATH...");
        return 2;
    }

    private static int cases(Cluster cluster, Arguments given, boolean write) throws Exception {
        int different = 0;
        for (Path file : sqlFiles(given.paths)) {
            String found = outcome(cluster, file);
            Path expected = Path.of(file.toString().replaceFirst("\\.sql$", ".expected"));
            boolean same = Files.exists(expected) && Files.readString(expected).equals(found);
            different += same ? 0 : 1;
            if (write && !same) {
                Files.writeString(expected, found);
            }
            System.out.println((same ? "same     " : write ? "written  " : "DIFFERS  ") + file + note(found));
            if (!same && !write) {
                System.out.print(found);
            }
        }
        return write || different == 0 ? 0 : 1;
    }

    private static String note(String found) {
        return found.startsWith("error") ? "  " + found.strip() : "";
    }

    /** The last query's rows, or the refusal. Relative paths: `data/` beside the area's folder, `out/` a new folder. */
    private static String outcome(Cluster cluster, Path file) throws Exception {
        Path out = Files.createTempDirectory("oracle");
        Path data = file.toAbsolutePath().getParent().getParent().resolve("data");
        String text = Files.readString(file)
                .replaceAll("('path'\\s*=\\s*')data/", "$1" + data + "/")
                .replaceAll("('path'\\s*=\\s*')out/", "$1" + out + "/");
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> daemon(task));
        Future<List<String>> result = thread.submit(() -> last(new Script(text, cluster.client()).run()));
        try {
            return result.get(CASE_SECONDS_MAX, TimeUnit.SECONDS).stream().map(line -> line + "\n").collect(Collectors.joining());
        } catch (TimeoutException slow) {
            return "error unfinished: no end after " + CASE_SECONDS_MAX + " s\n";
        } catch (java.util.concurrent.ExecutionException failed) {
            if (System.getenv("ORACLE_TRACE") != null) {
                failed.printStackTrace();
            }
            return Refusal.line(failed.getCause()) + "\n";
        } finally {
            thread.shutdownNow();
            delete(out);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "case");
        thread.setDaemon(true);
        return thread;
    }

    private static List<String> last(Map<String, List<String>> results) {
        List<String> rows = List.of();
        for (List<String> each : results.values()) {
            rows = each;
        }
        return rows;
    }

    private static int run(Cluster cluster, Arguments given) throws Exception {
        Map<String, List<String>> results = new Script(given.text(), cluster.client()).run();
        Files.createDirectories(given.out);
        for (Map.Entry<String, List<String>> result : results.entrySet()) {
            Path file = given.out.resolve(result.getKey() + ".jsonl");
            Files.write(file, result.getValue());
            System.out.println(result.getKey() + ": " + result.getValue().size() + " rows in " + file);
        }
        return 0;
    }

    /** Each file by itself: what its `print` tables write stands between a line with its name and one with Flink's verdict. */
    private static int each(Cluster cluster, Arguments given) throws IOException {
        int failed = 0;
        for (Path file : given.paths) {
            System.out.println("== begin " + file.getFileName());
            String verdict = "accepted";
            try {
                new Script(given.text(file), cluster.client()).run();
            } catch (Exception fault) {
                verdict = Refusal.line(fault);
                failed++;
            }
            System.out.println("== end " + verdict);
        }
        return failed == 0 ? 0 : 1;
    }

    private static int parse(Cluster cluster, Arguments given) throws Exception {
        int refused = 0;
        for (Path file : sqlFiles(given.paths)) {
            String verdict = "accepted";
            try {
                new Script(Files.readString(file), cluster.client()).explain();
            } catch (Exception fault) {
                verdict = Refusal.line(fault);
                refused++;
            }
            System.out.println(file + ": " + verdict);
        }
        return refused == 0 ? 0 : 1;
    }

    private static int explain(Cluster cluster, Arguments given) throws Exception {
        for (String plan : new Script(given.text(), cluster.client()).explain()) {
            System.out.println(plan);
        }
        return 0;
    }

    /** For each line of a `.statements` file what is said of it, in a file of the same name with this ending. */
    private static int lines(Arguments given, String ending, Function<String, String> said) throws IOException {
        for (Path file : given.paths) {
            List<String> lines = new ArrayList<>();
            for (String statement : Files.readAllLines(file)) {
                lines.add(statement.startsWith("--") || statement.isBlank() ? statement : said.apply(statement));
            }
            Path answers = Path.of(file.toString().replaceFirst("\\.statements$", ending));
            Files.write(answers, lines);
            System.out.println(answers + ": " + lines.stream().filter(line -> !line.startsWith("refused")).count() + " of " + lines.size() + " accepted");
        }
        return 0;
    }

    /** The operators of the line's last plan, outermost first, each with the changes that it emits. */
    private static String modes(Cluster cluster, String statement) {
        try {
            List<String> plans = new Script(statement, cluster.client()).explain();
            String plan = plans.get(plans.size() - 1).replaceFirst("(?s).*== Optimized Physical Plan ==(.*?)== Optimized Execution Plan ==.*", "$1");
            return OPERATOR.matcher(plan).results().map(node -> node.group(1) + "[" + node.group(2) + "]").collect(Collectors.joining(" "));
        } catch (Throwable fault) {
            return Refusal.line(fault).replaceFirst("^error (refused|failed) ", "refused ");
        }
    }

    private static String verdict(Cluster cluster, String statement) {
        try {
            new Script(statement, cluster.client()).explain();
            return "accepted";
        } catch (Throwable fault) {
            return Refusal.line(fault).replaceFirst("^error (refused|failed) ", "refused ");
        }
    }

    private static List<Path> sqlFiles(List<Path> paths) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            try (Stream<Path> found = Files.walk(path)) {
                found.filter(file -> file.toString().endsWith(".sql")).sorted().forEach(files::add);
            }
        }
        return files;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            found.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }
}
