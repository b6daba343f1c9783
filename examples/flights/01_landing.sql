-- Landing: departures as they were received. `yeoul feed` replays them into this topic (see yeoul.toml).

-- What no step can read goes here, with reason, position and original bytes.
SET 'yeoul.dead-letter.topic' = 'failed.landing.airport.departures';

CREATE TABLE landing_departures (
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
  `reported`   TIMESTAMP(3),
  `landed_at`  BIGINT METADATA FROM 'offset' VIRTUAL,
  `seen`       AS PROCTIME()
) WITH (
  'connector' = 'kafka',
  'topic' = 'landing.airport.departures',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);
