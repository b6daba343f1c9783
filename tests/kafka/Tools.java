import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command line tools one after the other in one process: `Tools`.
 *
 * <p>A line on standard input is `{"tool": class, "arguments": […], "input": text}`; the answer is one line, `{"exit": code, "out": text}`, with what
 * the tool wrote to its standard output and standard error.
 */
public class Tools {
    static final ObjectMapper JSON = new ObjectMapper();
    static final PrintStream OUT = System.out;
    /** What a tool wrote, and how it ended; what comes behind its end is the doing of its own handlers. */
    static ByteArrayOutputStream written;
    static Integer code;
    static int length;

    /** The tool wants to end its process. */
    static class Ended extends RuntimeException {}

    /** Remembers how the tool ended first. */
    static void ended(int asked) {
        if (code == null) {
            code = asked;
            length = written.size();
        }
    }

    static void end(int asked) {
        ended(asked);
        throw new Ended();
    }

    public static void main(String[] arguments) throws Exception {
        Exit.setExitProcedure((code, message) -> end(code));
        Exit.setHaltProcedure((code, message) -> end(code));
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            OUT.println(JSON.writeValueAsString(run(JSON.readTree(line))));
            OUT.flush();
        }
    }

    static JsonNode run(JsonNode wanted) throws Exception {
        List<String> arguments = new ArrayList<>();
        wanted.get("arguments").forEach(argument -> arguments.add(argument.asText()));
        written = new ByteArrayOutputStream();
        code = null;
        try (var out = new PrintStream(written, true)) {
            System.setOut(out);
            System.setErr(out);
            scala(out);
            var main = Class.forName(wanted.get("tool").asText()).getMethod("main", String[].class);
            main.invoke(null, (Object) arguments.toArray(new String[0]));
        } catch (InvocationTargetException fault) {
            if (code == null) {
                written.writeBytes((fault.getCause() + "\n").getBytes());
                ended(1);
            }
        }
        ended(0);
        var out = new String(written.toByteArray(), 0, length, StandardCharsets.UTF_8);
        return JSON.createObjectNode().put("exit", code).put("out", out);
    }

    /** Scala's console keeps a stream of its own. */
    static void scala(PrintStream out) throws Exception {
        var console = Class.forName("scala.Console$").getField("MODULE$").get(null);
        for (String set : List.of("setOutDirect", "setErrDirect")) {
            console.getClass().getMethod(set, PrintStream.class).invoke(console, out);
        }
    }
}
