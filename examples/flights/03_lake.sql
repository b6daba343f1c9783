-- Lake: every valid departure as Parquet files, one folder a day.

CREATE TABLE lake_departures (
  `id`         STRING,
  `carrier`    STRING,
  `flight`     INT,
  `tailnum`    STRING,
  `origin`     STRING,
  `dest`       STRING,
  `distance`   INT,
  `sched_dep`  TIMESTAMP(3),
  `dep_time`   TIMESTAMP(3),
  `dep_delay`  INT,
  `cancelled`  BOOLEAN,
  `day`        STRING
) PARTITIONED BY (`day`) WITH (
  'connector' = 'filesystem',
  'path' = 'lake/departures',
  'format' = 'parquet',
  'sink.rolling-policy.rollover-interval' = '15 s',
  'sink.rolling-policy.check-interval' = '5 s'
);

SET 'pipeline.name' = 'lake';

INSERT INTO lake_departures
SELECT `id`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `distance`,
  `sched_dep`, `dep_time`, `dep_delay`, `cancelled`, DATE_FORMAT(`sched_dep`, 'yyyy-MM-dd')
FROM staging_departures;
