-- STR_TO_MAP.
SELECT s AS k,
  STR_TO_MAP(s) AS e0,
  STR_TO_MAP(REPLACE(REPLACE(s, ',', ';'), '=', ':'), ';', ':') AS e1,
  CARDINALITY(STR_TO_MAP(s)) AS e2,
  STR_TO_MAP(s)['a'] AS e3
FROM (VALUES ('a=1,b=2'), ('a=1,a=2'), ('a'), (''), ('a=,b'), ('=x'), ('a=b=c'), (CAST(NULL AS STRING))) AS t(s);
