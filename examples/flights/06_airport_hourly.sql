-- The served view: the hours with the airport's name. Read it at /v1/views/airport_hourly.

CREATE TABLE airports (
  `faa`       STRING,
  `name`      STRING,
  `latitude`  DOUBLE,
  `longitude` DOUBLE
) WITH (
  'connector' = 'filesystem',
  'path' = 'data/airports.csv',
  'format' = 'csv'
);

RESET 'pipeline.name';

CREATE MATERIALIZED TABLE airport_hourly
FRESHNESS = INTERVAL '1' SECOND
REFRESH_MODE = CONTINUOUS
AS SELECT
  h.`origin`,
  a.`name` AS `airport`,
  h.`window_start`,
  h.`window_end`,
  h.`departures`,
  h.`cancelled`,
  h.`mean_delay`
FROM hourly_departures AS h
LEFT JOIN airports AS a ON h.`origin` = a.`faa`;
