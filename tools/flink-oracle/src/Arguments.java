import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line, parsed. */
final class Arguments {
    final String command;
    final List<Path> paths = new ArrayList<>();
    /** Where results go. */
    Path out = Path.of("out");
    /** What relative paths of filesystem tables are relative to; the first file's folder by default. */
    private Path root;
    /** A broker that kafka tables are pointed to; they then end at the offsets that the topics have at the start. */
    private String boundedKafka;

    Arguments(String[] arguments) {
        command = arguments.length == 0 ? "" : arguments[0];
        for (int at = 1; at < arguments.length; at++) {
            switch (arguments[at]) {
                case "--out" -> out = Path.of(arguments[++at]);
                case "--root" -> root = Path.of(arguments[++at]);
                case "--bounded-kafka" -> boundedKafka = arguments[++at];
                default -> paths.add(Path.of(arguments[at]));
            }
        }
    }

    /** The files as one text, with what differs on Flink substituted: absolute paths, the broker, bounded reading. */
    String text() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path path : paths) {
            text.append(Files.readString(path)).append("\n;\n");
        }
        return substituted(text.toString());
    }

    /** One file's text, with the same substituted. */
    String text(Path path) throws IOException {
        return substituted(Files.readString(path));
    }

    private String substituted(String text) {
        Path base = (root == null ? paths.get(0).toAbsolutePath().getParent() : root).toAbsolutePath().normalize();
        String absolute = text.replaceAll("('path'\\s*=\\s*')(?!/)", "$1" + base + "/");
        return boundedKafka == null ? absolute : bounded(absolute);
    }

    private String bounded(String text) {
        return text.replaceAll("('properties.bootstrap.servers'\\s*=\\s*')[^']*'",
                "'scan.bounded.mode' = 'latest-offset', $1" + boundedKafka + "'");
    }
}
