-- Random values of each type stay within their bounds.
CREATE TABLE g (
  b BOOLEAN, ti TINYINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(6, 2), c CHAR(4), vc VARCHAR(6), s STRING, l STRING,
  bin BYTES, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, y STRING>, dt DATE, ts TIMESTAMP(3), n INT
) WITH ('connector' = 'datagen', 'number-of-rows' = '200', 'rows-per-second' = '10000',
  'fields.ti.min' = '1', 'fields.ti.max' = '3', 'fields.i.min' = '-5', 'fields.i.max' = '5', 'fields.bi.min' = '0',
  'fields.f.min' = '0.5', 'fields.f.max' = '0.75', 'fields.d.min' = '-1', 'fields.d.max' = '1',
  'fields.dc.min' = '-10', 'fields.dc.max' = '10', 'fields.l.length' = '12', 'fields.bin.length' = '5',
  'fields.a.length' = '2', 'fields.a.element.min' = '0', 'fields.a.element.max' = '9', 'fields.m.length' = '1',
  'fields.r.x.min' = '1', 'fields.r.x.max' = '2', 'fields.r.y.length' = '3', 'fields.ts.max-past' = '10 s',
  'fields.n.null-rate' = '1.0');
SELECT COUNT(*) AS total,
  COUNT(*) FILTER (WHERE b IS NOT NULL) AS b,
  COUNT(*) FILTER (WHERE ti BETWEEN 1 AND 3) AS ti,
  COUNT(*) FILTER (WHERE i BETWEEN -5 AND 5) AS i,
  COUNT(*) FILTER (WHERE bi >= 0) AS bi,
  COUNT(*) FILTER (WHERE f BETWEEN 0.5 AND 0.75) AS f,
  COUNT(*) FILTER (WHERE d BETWEEN -1 AND 1) AS d,
  COUNT(*) FILTER (WHERE dc BETWEEN -10 AND 10) AS dc,
  COUNT(*) FILTER (WHERE CHAR_LENGTH(c) = 4) AS c,
  COUNT(*) FILTER (WHERE CHAR_LENGTH(vc) = 6) AS vc,
  COUNT(*) FILTER (WHERE CHAR_LENGTH(s) = 100) AS s,
  COUNT(*) FILTER (WHERE CHAR_LENGTH(l) = 12) AS l,
  COUNT(*) FILTER (WHERE CARDINALITY(a) = 2 AND a[1] BETWEEN 0 AND 9) AS a,
  COUNT(*) FILTER (WHERE CARDINALITY(m) = 1) AS m,
  COUNT(*) FILTER (WHERE r.x IN (1, 2) AND CHAR_LENGTH(r.y) = 3) AS r,
  COUNT(*) FILTER (WHERE dt IS NOT NULL) AS dt,
  COUNT(*) FILTER (WHERE ts IS NOT NULL) AS ts,
  COUNT(n) AS n,
  COUNT(DISTINCT ti) AS kinds
FROM g;
