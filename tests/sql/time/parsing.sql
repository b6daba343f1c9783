-- TO_TIMESTAMP and TO_DATE with patterns; what does not match is NULL.
SELECT x, TO_TIMESTAMP(x) AS t, TO_TIMESTAMP(x, 'dd.MM.yyyy HH:mm') AS f, TO_DATE(x) AS d
FROM (VALUES ('2024-02-29 12:34:56'), ('29.02.2024 12:34'), ('2024-02-29'), ('x'), (CAST(NULL AS STRING))) AS t(x);
