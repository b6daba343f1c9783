import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.formats.common.TimestampFormat;
import org.apache.flink.formats.json.JsonFormatOptions;
import org.apache.flink.formats.json.JsonRowDataSerializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.conversion.DataStructureConverter;
import org.apache.flink.table.data.conversion.DataStructureConverters;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** The rows that are left of a changelog, as lines of Flink's own JSON format, sorted. */
final class Materialised {
    private Materialised() {}

    static List<String> rows(TableResult result) throws Exception {
        DataType type = result.getResolvedSchema().toPhysicalRowDataType();
        DataStructureConverter<Object, Object> converter = DataStructureConverters.getConverter(type);
        converter.open(Materialised.class.getClassLoader());
        JsonRowDataSerializationSchema json = format((RowType) type.getLogicalType());
        TreeMap<String, Long> counts = new TreeMap<>();
        try (CloseableIterator<Row> changes = result.collect()) {
            while (changes.hasNext()) {
                Row change = changes.next();
                long step = change.getKind() == RowKind.INSERT || change.getKind() == RowKind.UPDATE_AFTER ? 1 : -1;
                change.setKind(RowKind.INSERT);
                RowData row = (RowData) converter.toInternalOrNull(change);
                counts.merge(new String(json.serialize(row), "UTF-8"), step, Long::sum);
            }
        }
        List<String> lines = new ArrayList<>();
        counts.forEach((line, count) -> repeat(lines, line, count));
        return lines;
    }

    private static void repeat(List<String> lines, String line, long count) {
        if (count < 0) {
            throw new IllegalStateException("the changelog takes back what it never gave: " + line);
        }
        for (long i = 0; i < count; i++) {
            lines.add(line);
        }
    }

    /** SQL timestamps, decimals as plain numbers, NULL fields written. */
    private static JsonRowDataSerializationSchema format(RowType type) throws Exception {
        JsonRowDataSerializationSchema json = new JsonRowDataSerializationSchema(
                type, TimestampFormat.SQL, JsonFormatOptions.MapNullKeyMode.LITERAL, "null", true, false);
        json.open(new SerializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return new UnregisteredMetricsGroup();
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                return SimpleUserCodeClassLoader.create(Materialised.class.getClassLoader());
            }
        });
        return json;
    }
}
