-- VARIANTs of a file's texts, through a group.
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT JSON_STRING(v) AS v, COUNT(*) AS n, MAX(JSON_STRING(v['a'])) AS a FROM (SELECT PARSE_JSON('{"a":' || CAST(auction AS STRING) || ',"l":[' || CAST(auction AS STRING) || ']}') AS v FROM bids) GROUP BY v;
