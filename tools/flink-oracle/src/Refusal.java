import java.time.DateTimeException;

/** What Flink says when it does not take a text: one line. */
final class Refusal {
    private Refusal() {}

    /**
     * {@code error refused Class: message} before anything ran, {@code error failed Class: message} while running. Flink folds
     * constants when it plans: a value that cannot be computed is a failure all the same.
     */
    static String line(Throwable fault) {
        Throwable root = fault;
        boolean ran = hasRun(fault);
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
            ran |= hasRun(root);
        }
        boolean value = root instanceof ArithmeticException || root instanceof NumberFormatException || root instanceof DateTimeException;
        return "error " + (ran || value ? "failed " : "refused ") + root.getClass().getSimpleName() + ": " + firstLine(root);
    }

    private static boolean hasRun(Throwable fault) {
        return fault.getClass().getSimpleName().equals("JobExecutionException");
    }

    private static String firstLine(Throwable fault) {
        String message = fault.getMessage() == null ? "" : fault.getMessage().strip();
        String line = message.lines().findFirst().orElse("");
        return line.length() > 300 ? line.substring(0, 300) : line;
    }
}
