//! Types of expressions, as Flink derives them.

mod support;

use support::{check_refusal, check_type, plan};

#[test]
fn literals_have_flinks_types() {
    check_type("1", "INT NOT NULL");
    check_type("3000000000", "BIGINT NOT NULL");
    check_type("-2147483648", "INT NOT NULL");
    check_type("-9223372036854775808", "BIGINT NOT NULL");
    check_type("92233720368547758.07", "DECIMAL(19, 2) NOT NULL");
    check_type("1.50", "DECIMAL(3, 2) NOT NULL");
    check_type("0.908", "DECIMAL(4, 3) NOT NULL");
    check_type("1e3", "DOUBLE NOT NULL");
    check_type("'abc'", "CHAR(3) NOT NULL");
    check_type("X'0aff'", "BINARY(2) NOT NULL");
    check_type("DATE '2024-02-29'", "DATE NOT NULL");
    check_type("TIME '10:20:30'", "TIME(0) NOT NULL");
    check_type("TIMESTAMP '2024-02-29 10:20:30.123'", "TIMESTAMP(3) NOT NULL");
    check_type("U&'\\00e9'", "CHAR(1) NOT NULL");
}

#[test]
fn arithmetic_follows_flinks_precision_rules() {
    check_type("a + b", "BIGINT");
    check_type("a / 2", "INT");
    check_type("0.908 * b", "DECIMAL(24, 3)");
    check_type("d + a", "DECIMAL(13, 2)");
    check_type("d * d", "DECIMAL(21, 4)");
    check_type("d / 3", "DECIMAL(21, 13)");
    check_type("d + f", "DOUBLE");
    check_type("fl + a", "FLOAT");
    check_type("MOD(b, a)", "INT");
    check_type("ti + si", "SMALLINT");
    check_type("-nn", "INT NOT NULL");
    check_type("CAST(1 AS DECIMAL(38, 10)) * CAST(1 AS DECIMAL(38, 10))", "DECIMAL(38, 6) NOT NULL");
}

#[test]
fn moments_move_by_intervals() {
    check_type("ts + INTERVAL '1' DAY", "TIMESTAMP(3)");
    check_type("INTERVAL '1' MONTH + dt", "DATE");
    check_type("ltz - INTERVAL '1 02:03:04.5' DAY TO SECOND", "TIMESTAMP_LTZ(3)");
    check_type("TIMESTAMPADD(MONTH, a, ts)", "TIMESTAMP(3)");
    check_type("TIMESTAMPADD(HOUR, 1, dt)", "TIMESTAMP(0)");
    check_type("TIMESTAMPDIFF(DAY, dt, dt)", "INT");
    check_type("FLOOR(ts TO HOUR)", "TIMESTAMP(3)");
    check_type("EXTRACT(YEAR FROM ts)", "BIGINT");
    check_type("HOUR(ts)", "BIGINT");
    check_refusal("SELECT ts + 1 FROM t", "1:8: `+` can't be applied to `TIMESTAMP(3)` and `INT NOT NULL`");
}

#[test]
fn conditions_keep_three_values() {
    check_type("a > 1 AND flag", "BOOLEAN");
    check_type("nn BETWEEN 1 AND 2", "BOOLEAN NOT NULL");
    check_type("a IS NULL", "BOOLEAN NOT NULL");
    check_type("a IS NOT DISTINCT FROM b", "BOOLEAN NOT NULL");
    check_type("s LIKE 'a%' ESCAPE '!'", "BOOLEAN");
    check_type("a IN (1, 2, NULL)", "BOOLEAN");
    check_type("CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'long' END", "VARCHAR(4)");
    check_type("COALESCE(a, 0)", "INT NOT NULL");
    check_type("NULLIF(nn, 0)", "INT");
    check_type("IF(flag, 1, 2.5)", "DECIMAL(11, 1)");
}

#[test]
fn nested_values_are_reached_by_field_and_index() {
    check_type("r.x", "INT");
    check_type("t.r.y.z", "STRING");
    check_type("arr[1]", "INT");
    check_type("m['k']", "INT");
    check_refusal("SELECT r.q FROM t", "1:10: unknown field `q`");
    check_refusal("SELECT a.x FROM t", "1:10: `x` is asked of a value that is no ROW, but `INT`");
}

#[test]
fn functions_resolve_in_any_case() {
    check_type("upper(s)", "STRING");
    check_type("Char_Length(s)", "INT");
    check_type("SUBSTRING(s FROM 2 FOR 3)", "STRING");
    check_type("TRIM(BOTH 'x' FROM s)", "STRING");
    check_type("POSITION('a' IN s)", "INT");
    check_type("s || 'x' || s", "STRING");
    check_type("DATE_FORMAT(ts, 'yyyy')", "STRING");
    check_type("TO_TIMESTAMP(s)", "TIMESTAMP(3)");
    check_type("TO_TIMESTAMP_LTZ(b, 3)", "TIMESTAMP_LTZ(3)");
    check_type("ROUND(d, 1)", "DECIMAL(10, 1)");
    check_type("MD5(s)", "CHAR(32)");
    check_type("CURRENT_TIMESTAMP", "TIMESTAMP_LTZ(3) NOT NULL");
    check_refusal("SELECT UPER(s) FROM t", "1:8: unknown function `UPER`");
    check_refusal("SELECT UPPER(a) FROM t", "1:8: `UPPER` doesn't take (INT)");
    check_refusal("SELECT OBJECT_OF(s, s, f) FROM t", "1:8: `OBJECT_OF` is not supported yet");
}

#[test]
fn casts_are_checked() {
    check_type("CAST(s AS INT)", "INT");
    check_type("TRY_CAST(nn AS STRING)", "STRING");
    check_type("CAST(nn AS STRING)", "STRING NOT NULL");
    check_refusal("SELECT CAST(dt AS INT) FROM t", "1:8: `DATE` can't be cast to `INT`");
    check_refusal("SELECT CAST(a AS TIMESTAMP(3)) FROM t", "1:8: `INT` can't be cast to `TIMESTAMP(3)`");
}

#[test]
fn operators_bind_as_in_flink() {
    let text = plan("SELECT a + b * 2 - a, NOT a > 1 OR flag AND a = 1, NOT a IS NULL, -a * 2 FROM t");
    assert!(text.contains("minus(plus(cast(a as BIGINT), times(b, 2)), cast(a as BIGINT))"), "{text}");
    assert!(text.contains("or(not(greater_than(a, 1)), and(flag, equals(a, 1)))"), "{text}");
    assert!(text.contains("not(is_null(a))"), "{text}");
    assert!(text.contains("times(negate(a), 2)"), "{text}");
}

#[test]
fn a_thousand_conditions_stay_shallow() {
    let conditions: Vec<String> = (0..5_000).map(|n| format!("a = {n}")).collect();
    let text = plan(&format!("SELECT 1 FROM t WHERE {}", conditions.join(" OR ")));
    assert!(text.contains("equals(a, 4999)"));
}
