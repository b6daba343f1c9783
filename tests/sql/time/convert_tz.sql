-- CONVERT_TZ between zones.
SELECT CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles') AS la, CONVERT_TZ(x, 'UTC', 'Asia/Seoul') AS seoul FROM (VALUES ('2024-07-01 12:00:00')) AS t(x);
