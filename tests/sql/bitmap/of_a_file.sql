-- Sets of a file's rows.
CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, BITMAP_TO_STRING(BITMAP_BUILD_AGG(CAST(price AS INT))) AS s, BITMAP_TO_STRING(BITMAP_XOR_AGG(BITMAP_BUILD(ARRAY[CAST(price AS INT), 3]))) AS x, COUNT(*) AS n FROM bids GROUP BY auction;
