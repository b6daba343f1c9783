-- The same over a file, which ends:
--     yeoul run examples/wordcount/file.sql
CREATE TABLE `lines` (line STRING)
WITH ('connector' = 'filesystem', 'path' = 'data/lines.txt', 'format' = 'raw');

SELECT word, COUNT(*) AS times
FROM `lines` CROSS JOIN UNNEST(SPLIT(line, ' ')) AS t (word)
GROUP BY word;
