-- TO_TIMESTAMP_LTZ of texts.
SELECT s AS k,
  TO_TIMESTAMP_LTZ(s, 'yyyy-MM-dd HH:mm:ss') AS e0,
  TO_TIMESTAMP_LTZ(s, 'yyyy-MM-dd HH:mm:ss', z) AS e1
FROM (VALUES ('2024-02-29 13:14:15', 'Asia/Seoul'), ('2024-02-29 13:14:15', 'UTC'), ('nonsense', 'UTC'), (CAST(NULL AS STRING), 'UTC'), ('2024-07-01 00:00:00', 'Europe/Berlin'), ('2024-10-27 02:30:00', 'Europe/Berlin'), ('2024-03-31 02:30:00', 'Europe/Berlin')) AS t(s, z);
