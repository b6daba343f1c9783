-- Texts to dates, times and timestamps with TRY_CAST.
SELECT x, TRY_CAST(x AS DATE) AS d, TRY_CAST(x AS TIMESTAMP(3)) AS ts
FROM (VALUES ('2024-02-29'), ('2024-2-9'), ('2023-02-29'), ('2024-02-29 12:34:56'), ('2024-02-29 12:34:56.7899'), ('2024-02-29T12:34:56'), ('noon'), (''),
  ('2024-02-29 12:34'), ('0001-01-01 00:00:00')) AS t(x);
