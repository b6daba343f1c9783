-- Arrays and maps over columns.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  ARRAY_SORT(ARRAY[i, 5, id]) AS e0,
  ARRAY_CONTAINS(ARRAY[i, 1], i) AS e1,
  ARRAY_DISTINCT(ARRAY[s, s, c]) AS e2,
  ARRAY_MAX(ARRAY[d, 1E0]) AS e3,
  ARRAY_JOIN(ARRAY[s, c], '-') AS e4,
  MAP['id', id, 'i', i] AS e5,
  MAP_VALUES(MAP['a', d]) AS e6,
  CAST(MAP['s', s] AS STRING) AS e7,
  ARRAY[dt, dt] AS e8,
  CAST(ARRAY[ts3] AS STRING) AS e9,
  CAST(ROW(b, f, bin) AS STRING) AS e10,
  ARRAY_APPEND(ARRAY[s], s) AS e11,
  ARRAY_SLICE(ARRAY[id, i, 3], 2) AS e12,
  ARRAY_EXCEPT(ARRAY[b, TRUE], ARRAY[FALSE]) AS e13,
  ARRAY_POSITION(ARRAY[ts3], ts3) AS e14,
  MAP_ENTRIES(MAP[id, s]) AS e15,
  CARDINALITY(MAP[id, s]) AS e16,
  ARRAY_REVERSE(ARRAY[`dec`, 1.5]) AS e17
FROM types;
