import org.apache.flink.table.api.SqlParserException;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;

/** What Flink says when it does not take a text: one line. */
final class Refusal {
    private Refusal() {}

    /** {@code error refused Class: message} before anything ran, {@code error failed Class: message} while running. */
    static String line(Throwable fault) {
        Throwable cause = fault;
        boolean refused = isRefusal(cause);
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
            refused |= isRefusal(cause) && !ranAlready(fault);
        }
        return "error " + (refused ? "refused " : "failed ") + cause.getClass().getSimpleName() + ": " + firstLine(cause);
    }

    private static boolean isRefusal(Throwable fault) {
        return fault instanceof ValidationException || fault instanceof SqlParserException || fault instanceof TableException
                || fault.getClass().getName().startsWith("org.apache.calcite");
    }

    private static boolean ranAlready(Throwable fault) {
        for (Throwable at = fault; at != null; at = at.getCause()) {
            if (at.getClass().getSimpleName().equals("JobExecutionException")) {
                return true;
            }
        }
        return false;
    }

    private static String firstLine(Throwable fault) {
        String message = fault.getMessage() == null ? "" : fault.getMessage().strip();
        String line = message.lines().findFirst().orElse("");
        return line.length() > 300 ? line.substring(0, 300) : line;
    }
}
