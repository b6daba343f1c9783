-- UNIX_TIMESTAMP with patterns, lenient as SimpleDateFormat.
SELECT s AS k,
  UNIX_TIMESTAMP(s, p) AS e0
FROM (VALUES ('2024-02-29','yyyy-MM-dd'), ('2024-02-30','yyyy-MM-dd'), ('2024-02-29 tail','yyyy-MM-dd'), ('2024-13-01','yyyy-MM-dd'), ('nonsense','yyyy-MM-dd'), ('29.02.24','dd.MM.yy'), ('01:02:03 PM','hh:mm:ss a'), ('2024-2-9','yyyy-MM-dd')) AS t(s, p);
