-- Only few aggregates take WITHIN GROUP.
SELECT k, LISTAGG(CAST(x AS STRING)) WITHIN GROUP (ORDER BY x DESC) AS p FROM (VALUES (1, 20), (1, 10), (1, 40), (2, 7)) AS t(k, x) GROUP BY k;
