-- DATE_FORMAT of a text.
SELECT s AS k,
  DATE_FORMAT(s, 'yyyy/MM/dd') AS e0,
  DATE_FORMAT(s, 'HH:mm:ss.SSS') AS e1
FROM (VALUES ('2024-02-29 13:14:15'), ('2024-02-29'), ('2024-02-29 13:14:15.678'), ('nonsense'), (''), (CAST(NULL AS STRING))) AS t(s);
