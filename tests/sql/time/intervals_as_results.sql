-- Intervals as results: numbers of milliseconds and of months.
SELECT INTERVAL '5' DAY AS a, INTERVAL '1-2' YEAR TO MONTH AS b, INTERVAL '1 02:03:04.567' DAY TO SECOND AS c, a + b AS d, (x - y) DAY AS e FROM (VALUES (INTERVAL '5' DAY, INTERVAL '1' HOUR, TIMESTAMP '2020-01-02 00:00:00', TIMESTAMP '2020-01-01 00:00:00')) AS t(a, b, x, y);
