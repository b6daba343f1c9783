-- Bytes to text and back.
SELECT CAST(CAST(x AS BYTES) AS STRING) AS s, CAST(x AS BYTES) AS b FROM (VALUES ('abc'), ('여울'), ('')) AS t(x);
