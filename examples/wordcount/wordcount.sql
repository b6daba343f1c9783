-- Counts the words of lines that come over a connection. Start `nc -lk 9999` first, then
--     yeoul run examples/wordcount/wordcount.sql --output changelog
-- and type. Each change is printed as it happens; Ctrl-D in `nc` ends both.
CREATE TABLE `lines` (line STRING)
WITH ('connector' = 'socket', 'hostname' = '127.0.0.1', 'port' = '9999', 'format' = 'raw');

SELECT word, COUNT(*) AS times
FROM `lines` CROSS JOIN UNNEST(SPLIT(line, ' ')) AS t (word)
GROUP BY word;
