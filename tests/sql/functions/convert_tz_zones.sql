-- CONVERT_TZ.
SELECT s AS k,
  CONVERT_TZ(s, f, t) AS e0
FROM (VALUES ('2024-03-31 01:30:00','UTC','Europe/Berlin'), ('2024-03-31 02:30:00','Europe/Berlin','UTC'), ('2024-10-27 02:30:00','Europe/Berlin','UTC'), ('1970-01-01 00:00:00','UTC','Asia/Seoul'), ('2024-01-01 00:00:00','GMT-08:00','UTC'), ('2024-01-01 00:00:00','PST','UTC'), ('2024-01-01 00:00:00','Nowhere/Land','Asia/Tokyo'), ('nonsense','UTC','UTC'), (CAST(NULL AS STRING),'UTC','UTC'), ('2024-01-01 00:00:00',CAST(NULL AS STRING),'UTC'), ('2024-01-01','UTC','UTC')) AS t(s, f, t);
