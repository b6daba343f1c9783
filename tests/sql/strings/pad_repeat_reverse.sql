-- LPAD, RPAD, REPEAT, REVERSE, ASCII, CHR.
SELECT x, LPAD(x, 5, 'ab') AS lp, RPAD(x, 5, 'ab') AS rp, LPAD(x, 1, '-') AS short, REPEAT(x, 2) AS rep, REVERSE(x) AS rev, ASCII(x) AS a, CHR(65) AS ch
FROM (VALUES ('hi'), (''), ('여울'), (CAST(NULL AS STRING))) AS t(x);
