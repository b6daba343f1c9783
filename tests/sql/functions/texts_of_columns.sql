-- Functions of texts over columns.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  UPPER(s) AS e0,
  REVERSE(c) AS e1,
  MD5(s) AS e2,
  SHA1(bin) AS e3,
  TO_BASE64(bin) AS e4,
  HEX(s) AS e5,
  SPLIT(s, 'l') AS e6,
  REGEXP_COUNT(s, '[a-z]') AS e7,
  TRANSLATE(s, 'lo', '01') AS e8,
  OVERLAY(s PLACING 'XX' FROM 2) AS e9,
  LPAD(c, 5, s) AS e10,
  INSTR(s, c) AS e11,
  STARTSWITH(s, c) AS e12,
  ASCII(s) AS e13,
  CHR(i) AS e14,
  URL_ENCODE(s) AS e15,
  JSON_QUOTE(s) AS e16,
  ELT(i, s, c) AS e17,
  PRINTF('%s/%d', s, i) AS e18,
  INITCAP(s) AS e19
FROM types;
