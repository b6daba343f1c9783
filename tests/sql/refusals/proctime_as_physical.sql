-- A table's watermark over PROCTIME().
CREATE TABLE t (a INT, p AS PROCTIME(), WATERMARK FOR p AS p) WITH ('connector' = 'blackhole');
