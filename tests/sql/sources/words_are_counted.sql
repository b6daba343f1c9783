-- Words of lines, counted.
CREATE TABLE `lines` (line STRING) WITH ('connector' = 'filesystem', 'path' = 'data/words.txt', 'format' = 'raw');
SELECT word, COUNT(*) AS n FROM `lines` CROSS JOIN UNNEST(SPLIT(line, ' ')) AS t(word) GROUP BY word;
