-- VARCHAR and VARBINARY without a length have no bound (Flink's documentation says 1, its planner doesn't); CHAR and BINARY have 1.
SELECT CAST(x AS VARCHAR) AS a, CAST(x AS CHARACTER VARYING) AS b, CAST(x AS CHAR VARYING) AS c, CAST(x AS CHAR) AS d, CAST(x AS VARBINARY) AS e,
  CAST(x AS BINARY VARYING) AS f, TYPEOF(CAST(x AS VARCHAR)) AS g, TYPEOF(CAST(x AS VARBINARY)) AS h, TYPEOF(CAST(ARRAY[x] AS ARRAY<VARCHAR>)) AS i,
  JSON_VALUE('{"a": "bcd"}', '$.a' RETURNING VARCHAR) AS j
FROM (VALUES ('abc'), ('여울물')) AS t(x);
