-- Functions over NULLs of each type.
SELECT x AS k,
  UPPER(x) AS e0,
  CHAR_LENGTH(x) AS e1,
  ASCII(x) AS e2,
  SPLIT(x, x) AS e3,
  MD5(x) AS e4,
  TO_DATE(x) AS e5,
  REGEXP_COUNT(x, x) AS e6,
  PARSE_URL(x, x) AS e7,
  STR_TO_MAP(x) AS e8,
  ELT(1, x) AS e9,
  JSON_QUOTE(x) AS e10,
  HEX(x) AS e11,
  REPEAT(x, 2) AS e12,
  TRANSLATE(x, x, x) AS e13,
  LPAD(x, 1, x) AS e14
FROM (VALUES (CAST(NULL AS STRING))) AS t(x);
