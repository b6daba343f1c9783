-- WITH options without quotes.
CREATE TABLE t (a INT) WITH (connector = 'blackhole');
