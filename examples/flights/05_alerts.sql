-- Production: an alarm for each hour in which an airport cancelled more than 10 % of its departures.

CREATE TABLE alerts (
  `origin`       STRING,
  `window_start` TIMESTAMP(3),
  `window_end`   TIMESTAMP(3),
  `departures`   BIGINT,
  `cancelled`    BIGINT,
  `share`        DOUBLE
) WITH (
  'connector' = 'kafka',
  'topic' = 'production.airport.alerts',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

SET 'pipeline.name' = 'alerts';

INSERT INTO alerts
SELECT `origin`, `window_start`, `window_end`, `departures`, `cancelled`,
  CAST(`cancelled` AS DOUBLE) / CAST(`departures` AS DOUBLE)
FROM hourly_departures
WHERE `cancelled` * 10 > `departures`;
