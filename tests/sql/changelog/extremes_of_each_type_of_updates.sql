-- MIN and MAX over rows that are updated, of each type.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT MIN(b) AS b, MAX(b) AS b2, MIN(ti) AS ti, MAX(bi) AS bi, MIN(d) AS d, MAX(f) AS f, MIN(`dec`) AS de, MAX(s) AS s, MIN(c) AS c, MAX(dt) AS dt, MIN(tm) AS tm, MAX(ts3) AS ts3, MIN(ts9) AS ts9, MAX(ltz) AS ltz FROM (SELECT MOD(id, 2) AS k, LAST_VALUE(b) AS b, LAST_VALUE(ti) AS ti, LAST_VALUE(bi) AS bi, LAST_VALUE(d) AS d, LAST_VALUE(f) AS f, LAST_VALUE(`dec`) AS `dec`, LAST_VALUE(s) AS s, LAST_VALUE(c) AS c, LAST_VALUE(dt) AS dt, LAST_VALUE(tm) AS tm, LAST_VALUE(ts3) AS ts3, LAST_VALUE(ts9) AS ts9, LAST_VALUE(ltz) AS ltz FROM types GROUP BY MOD(id, 2));
