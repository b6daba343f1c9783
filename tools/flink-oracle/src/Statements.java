import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Splits a text into statements at semicolons outside quotes, comments and statement sets. */
final class Statements {
    private static final Pattern SET_BEGIN =
            Pattern.compile("^(EXECUTE\\s+STATEMENT\\s+SET\\s+BEGIN|BEGIN\\s+STATEMENT\\s+SET)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SET_END = Pattern.compile(".*;\\s*END$", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Statements() {}

    /** The statements of a text, comments removed, without their semicolons. */
    static List<String> split(String text) {
        List<String> statements = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = skipOpaque(text, at);
            if (end > at) {
                boolean comment = text.charAt(at) == '-' || text.startsWith("/*", at) && !text.startsWith("/*+", at);
                current.append(comment ? blank(text.substring(at, end)) : text.substring(at, end));
                at = end;
            } else if (text.charAt(at) == ';' && isWhole(current.toString().trim())) {
                add(statements, current);
                at++;
            } else {
                current.append(text.charAt(at++));
            }
        }
        add(statements, current);
        return statements;
    }

    /** A statement set is whole behind its END only. */
    private static boolean isWhole(String statement) {
        return !SET_BEGIN.matcher(statement).matches() || SET_END.matcher(statement).matches();
    }

    private static void add(List<String> statements, StringBuilder current) {
        String statement = current.toString().trim();
        if (!statement.isEmpty()) {
            statements.add(statement);
        }
        current.setLength(0);
    }

    /** Where a quoted text or comment that begins at {@code at} ends; {@code at} itself if none begins. */
    private static int skipOpaque(String text, int at) {
        char c = text.charAt(at);
        if (c == '\'' || c == '`' || c == '"') {
            int end = text.indexOf(c, at + 1);
            return end < 0 ? text.length() : end + 1;
        }
        if (text.startsWith("--", at)) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }
        if (text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            return end < 0 ? text.length() : end + 2;
        }
        return at;
    }

    private static String blank(String comment) {
        return comment.replaceAll("[^\n]", " ");
    }
}
