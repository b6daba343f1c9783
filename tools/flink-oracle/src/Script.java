import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/** A text of statements, and the environment that they run in. */
final class Script {
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final Pattern SET = Pattern.compile("^SET\\s+'([^']+)'\\s*=\\s*'([^']*)'$", FLAGS);
    private static final Pattern RESET = Pattern.compile("^RESET(?:\\s+'([^']+)')?$", FLAGS);
    private static final Pattern QUERY = Pattern.compile("^(SELECT|WITH|VALUES|\\()\\b?.*", FLAGS);
    private static final Pattern WRITES = Pattern.compile("^(INSERT|EXECUTE\\s+STATEMENT|EXECUTE\\s+INSERT)\\b.*", FLAGS);
    private static final Pattern MATERIALIZED =
            Pattern.compile("^CREATE\\s+MATERIALIZED\\s+TABLE\\s+`?(\\w+)`?\\b.*?\\bAS\\s+((?:SELECT|WITH|VALUES)\\b.*)$", FLAGS);
    private static final Pattern BATCH =
            Pattern.compile("SET\\s+'execution.runtime-mode'\\s*=\\s*'batch'", FLAGS);

    private final List<String> statements;
    private final TableEnvironment environment;

    Script(String text, Configuration client) {
        statements = Statements.split(text);
        EnvironmentSettings.Builder settings = EnvironmentSettings.newInstance().withConfiguration(client);
        environment = TableEnvironment.create(
                BATCH.matcher(text).find() ? settings.inBatchMode().build() : settings.inStreamingMode().build());
    }

    /** Runs all statements, each INSERT to its end; yields the rows of each query by its name. */
    Map<String, List<String>> run() throws Exception {
        Map<String, List<String>> results = new LinkedHashMap<>();
        for (String statement : statements) {
            Matcher materialized = MATERIALIZED.matcher(statement);
            if (applySetting(statement)) {
                continue;
            } else if (materialized.matches()) {
                results.put(materialized.group(1), Materialised.rows(environment.executeSql(materialized.group(2))));
            } else if (QUERY.matcher(statement).matches()) {
                results.put("query" + (results.size() + 1), Materialised.rows(environment.executeSql(statement)));
            } else {
                awaitOrCollect(results, environment.executeSql(statement), statement);
            }
        }
        return results;
    }

    private void awaitOrCollect(Map<String, List<String>> results, TableResult result, String statement) throws Exception {
        if (WRITES.matcher(statement).matches()) {
            result.await();
        } else if (result.getResultKind() == ResultKind.SUCCESS_WITH_CONTENT) {
            results.put("query" + (results.size() + 1), Materialised.rows(result));
        }
    }

    /** Plans all statements, runs none; yields the plan of each query and INSERT. */
    List<String> explain() {
        List<String> plans = new ArrayList<>();
        for (String statement : statements) {
            Matcher materialized = MATERIALIZED.matcher(statement);
            if (applySetting(statement)) {
                continue;
            }
            String query = materialized.matches() ? materialized.group(2) : statement;
            if (QUERY.matcher(query).matches() || query.regionMatches(true, 0, "INSERT", 0, 6)) {
                plans.add(environment.explainSql(query, ExplainDetail.CHANGELOG_MODE));
            } else if (WRITES.matcher(query).matches()) {
                plans.add(explainSet(query.replaceFirst("(?i)^EXECUTE\\s+", "")));
            } else {
                environment.executeSql(statement);
            }
        }
        return plans;
    }

    private String explainSet(String statement) {
        TableResult plan = environment.executeSql("EXPLAIN CHANGELOG_MODE " + statement);
        return String.valueOf(plan.collect().next().getField(0));
    }

    private boolean applySetting(String statement) {
        Matcher set = SET.matcher(statement);
        if (set.matches()) {
            environment.getConfig().set(set.group(1), set.group(2));
            return true;
        }
        Matcher reset = RESET.matcher(statement);
        if (reset.matches() && reset.group(1) != null) {
            environment.getConfig().getConfiguration().removeKey(reset.group(1));
        }
        return reset.matches();
    }
}
