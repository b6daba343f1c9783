-- Production: departures per airport and hour of the schedule. A window closes when a flight shows up that was
-- scheduled two hours past its end; who comes later than that is late, and goes to the topic named here.

CREATE TABLE hourly_departures (
  `origin`       STRING,
  `window_start` TIMESTAMP(3),
  `window_end`   TIMESTAMP(3),
  `departures`   BIGINT,
  `cancelled`    BIGINT,
  `mean_delay`   DOUBLE
) WITH (
  'connector' = 'kafka',
  'topic' = 'production.airport.hourly',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

SET 'pipeline.name' = 'hourly';
SET 'yeoul.late-rows.topic' = 'failed.production.airport.hourly';

INSERT INTO hourly_departures
SELECT
  `origin`,
  `window_start`,
  `window_end`,
  COUNT(*) AS `departures`,
  COUNT(*) FILTER (WHERE `cancelled`) AS `cancelled`,
  AVG(CAST(`dep_delay` AS DOUBLE)) AS `mean_delay`
FROM TABLE(TUMBLE(TABLE staging_departures, DESCRIPTOR(`sched_dep`), INTERVAL '1' HOUR))
GROUP BY `origin`, `window_start`, `window_end`;
