-- Weeks of the year and the month, and the year that they belong to.
SELECT DATE_FORMAT(t, 'YYYY YY Y w ww W') AS a, DATE_FORMAT(t, 'q qq qqq qqqq Q QQQ QQQQ') AS b, DATE_FORMAT(t, 'e c ee eee eeee') AS c, DATE_FORMAT(t, 'E EEEE EEEEE') AS d,
  DATE_FORMAT(t, 'F G g') AS f FROM (VALUES (TIMESTAMP '2021-01-02 03:04:05'), (TIMESTAMP '2021-01-03 03:04:05'), (TIMESTAMP '2019-12-31 23:59:59'), (TIMESTAMP '2024-02-29 00:00:00'), (TIMESTAMP '2023-12-30 00:00:00'), (TIMESTAMP '1969-07-20 20:17:40')) AS v(t);
