-- Intervals as results: numbers of milliseconds and of months.
SELECT INTERVAL '5' DAY AS a, INTERVAL '1-2' YEAR TO MONTH AS b, INTERVAL '1 02:03:04.567' DAY TO SECOND AS c, a + b AS d FROM (VALUES (INTERVAL '5' DAY, INTERVAL '1' HOUR)) AS t(a, b);
