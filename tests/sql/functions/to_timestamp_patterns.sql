-- TO_TIMESTAMP and TO_DATE with patterns.
SELECT s AS k,
  TO_TIMESTAMP(s, p) AS e0,
  TO_DATE(s, p) AS e1
FROM (VALUES ('2024-02-29 13:14:15','yyyy-MM-dd HH:mm:ss'), ('29/02/2024','dd/MM/yyyy'), ('20240229131415','yyyyMMddHHmmss'), ('2024-02-30','yyyy-MM-dd'), ('Feb 29 2024','MMM dd yyyy'), ('2024-02-29T13:14:15','yyyy-MM-dd''T''HH:mm:ss'), ('01:02 PM','hh:mm a'), ('2024-02-29 13:14:15.678','yyyy-MM-dd HH:mm:ss.SSS'), ('2024','yyyy'), ('2024-2-9','yyyy-M-d'), (CAST(NULL AS STRING),'yyyy'), ('2024',CAST(NULL AS STRING))) AS t(s, p);
