//! Views, queries, status and metrics over HTTP.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use support::{World, commit, rows};
use yeoul_row::RowKind;

#[tokio::test]
async fn a_view_is_an_array_of_objects_in_the_order_of_its_keys() {
    let world = World::new();
    let _sink = world.sample();
    let expected = "[\n{\"origin\":\"EWR\",\"window_start\":\"1970-01-01 00:00:00\",\"departures\":10,\"mean_delay\":1.5},\n\
        {\"origin\":\"JFK\",\"window_start\":\"1970-01-01 00:00:00\",\"departures\":20,\"mean_delay\":null},\n\
        {\"origin\":\"JFK\",\"window_start\":\"1970-01-01 01:00:00\",\"departures\":30,\"mean_delay\":-2.0},\n\
        {\"origin\":\"LGA\",\"window_start\":\"1970-01-01 01:00:00\",\"departures\":5,\"mean_delay\":7.25}]\n";
    assert_eq!(world.get("/v1/views/hourly").await, (StatusCode::OK, expected.to_owned()));
}

#[tokio::test]
async fn rows_are_filtered_sorted_and_paged() {
    let world = World::new();
    let _sink = world.sample();
    let cases = [
        ("origin=JFK", vec![20, 30]),
        ("origin.ne=JFK", vec![10, 5]),
        ("departures.gte=10&departures.lt=30", vec![10, 20]),
        ("window_start=1970-01-01%2001:00:00", vec![30, 5]),
        ("window_start.gt=1970-01-01T00:30:00", vec![30, 5]),
        ("mean_delay.is=null", vec![20]),
        ("mean_delay.is=notnull&order=mean_delay", vec![30, 10, 5]),
        ("order=departures.desc&limit=2", vec![30, 20]),
        ("order=mean_delay.desc", vec![5, 10, 30, 20]),
        ("order=mean_delay", vec![20, 30, 10, 5]),
        ("order=origin.desc,departures.asc", vec![5, 20, 30, 10]),
        ("offset=1&limit=2", vec![20, 30]),
        ("limit=0", vec![]),
        ("offset=9", vec![]),
        ("origin=nowhere", vec![]),
    ];
    for (parameters, expected) in cases {
        let answer = world.json(&format!("/v1/views/hourly?{parameters}")).await;
        let found: Vec<i64> =
            answer.as_array().unwrap().iter().map(|row| row["departures"].as_i64().unwrap()).collect();
        assert_eq!(found, expected, "{parameters}");
    }
}

#[tokio::test]
async fn a_wrong_request_is_answered_with_what_is_wrong_and_what_to_do() {
    let world = World::new();
    let _sink = world.sample();
    let cases = [
        ("/v1/views/nope", StatusCode::NOT_FOUND, "`nope`", "`hourly`"),
        ("/v1/views/hourly?orgin=JFK", StatusCode::BAD_REQUEST, "`orgin`", "`origin`"),
        ("/v1/views/hourly?departures=many", StatusCode::BAD_REQUEST, "`many`", "Int64"),
        ("/v1/views/hourly?departures.like=1", StatusCode::BAD_REQUEST, "`like`", "`gte`"),
        ("/v1/views/hourly?order=nope.desc", StatusCode::BAD_REQUEST, "`nope`", "`origin`"),
        ("/v1/views/hourly?limit=-1", StatusCode::BAD_REQUEST, "`-1`", "whole number"),
        ("/v1/views/hourly?mean_delay.is=no", StatusCode::BAD_REQUEST, "`no`", "is=null"),
        ("/v1/views/hourly/changes?after=x", StatusCode::BAD_REQUEST, "`x`", "earlier event"),
        ("/nowhere", StatusCode::NOT_FOUND, "/nowhere", "page"),
        ("/v1/query", StatusCode::METHOD_NOT_ALLOWED, "GET", "docs"),
    ];
    for (uri, expected, error, help) in cases {
        let (status, body) = world.get(uri).await;
        assert_eq!(status, expected, "{uri} {body}");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert!(body["error"].as_str().unwrap().contains(error), "{uri} {body}");
        assert!(body["help"].as_str().unwrap().contains(help), "{uri} {body}");
    }
}

#[tokio::test]
async fn the_accept_header_chooses_the_format() {
    let world = World::new();
    let _sink = world.sample();
    let ask = |accept: &'static str| {
        let request = Request::get("/v1/views/hourly?limit=1").header("host", "localhost").header("accept", accept);
        world.request(request.body(Body::empty()).unwrap())
    };
    let (_, headers, lines) = ask("application/x-ndjson").await;
    assert_eq!(
        lines,
        "{\"origin\":\"EWR\",\"window_start\":\"1970-01-01 00:00:00\",\"departures\":10,\"mean_delay\":1.5}\n"
    );
    assert_eq!(headers["content-type"], "application/x-ndjson");
    assert_eq!(headers["yeoul-change"], "1001-4");
    let (_, _, csv) = ask("text/csv").await;
    assert_eq!(csv, "origin,window_start,departures,mean_delay\r\nEWR,1970-01-01 00:00:00,10,1.5\r\n");
    let (_, headers, _) = ask("text/html, */*;q=0.8").await;
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(ask("image/png").await.0, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn nothing_shows_before_its_checkpoint_is_committed() {
    let world = World::new();
    let mut sink = world.sink("v", &[]);
    sink.write(&rows(&[(RowKind::Insert, ("A", 0, 1, None))])).unwrap();
    assert_eq!(world.json("/v1/views/v").await, json!([]));
    sink.prepare(false).unwrap();
    assert_eq!(world.json("/v1/views/v").await, json!([]));
    sink.committed().unwrap();
    assert_eq!(world.json("/v1/views/v").await.as_array().unwrap().len(), 1);
    sink.committed().unwrap();
    assert_eq!(world.json("/v1/views/v").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn sql_is_asked_over_the_views() {
    let world = World::new();
    let _sink = world.sample();
    let sql = "SELECT origin, SUM(departures) AS total FROM hourly GROUP BY origin ORDER BY total DESC LIMIT 2";
    let (status, lines) = world.query(sql, "application/x-ndjson").await;
    assert_eq!(
        (status, lines.as_str()),
        (StatusCode::OK, "{\"origin\":\"JFK\",\"total\":50}\n{\"origin\":\"EWR\",\"total\":10}\n")
    );
    let (_, csv) = world.query("SELECT COUNT(*) AS n, 'a,\"b' AS t FROM hourly", "text/csv").await;
    assert_eq!(csv, "n,t\r\n4,\"a,\"\"b\"\r\n");
    let (_, json) =
        world.query("SELECT a.origin FROM hourly a JOIN hourly b USING (origin) WHERE a.departures = 5", "*/*").await;
    assert_eq!(json, "[\n{\"origin\":\"LGA\"}]\n");
    let (_, empty) = world.query("SELECT origin FROM hourly WHERE false", "*/*").await;
    assert_eq!(empty, "[]\n");
}

#[tokio::test]
async fn only_bounded_queries_are_answered() {
    let world = World::new();
    let _sink = world.sample();
    let wrong = [
        ("SELEC 1", StatusCode::BAD_REQUEST),
        ("SELECT nope FROM hourly", StatusCode::BAD_REQUEST),
        ("SELECT * FROM nope", StatusCode::NOT_FOUND),
        ("SELECT * FROM '/etc/passwd'", StatusCode::NOT_FOUND),
        ("CREATE TABLE t AS SELECT 1", StatusCode::BAD_REQUEST),
        ("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'", StatusCode::BAD_REQUEST),
        ("COPY hourly TO '/tmp/stolen.csv'", StatusCode::BAD_REQUEST),
        ("INSERT INTO hourly SELECT * FROM hourly", StatusCode::BAD_REQUEST),
        ("SET datafusion.execution.batch_size = 1", StatusCode::BAD_REQUEST),
        ("SELECT 1; SELECT 2", StatusCode::BAD_REQUEST),
    ];
    for (sql, expected) in wrong {
        let (status, body) = world.query(sql, "*/*").await;
        assert_eq!(status, expected, "{sql}: {body}");
        assert!(body.contains("\"help\""), "{sql}: {body}");
    }
    let sum = |levels: usize| format!("SELECT {}1 AS n", "1+".repeat(levels - 1));
    assert_eq!(world.query(&sum(1_900), "*/*").await, (StatusCode::OK, "[\n{\"n\":1900}]\n".to_owned()));
    assert_eq!(world.query(&sum(30_000), "*/*").await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, _) = world.query(&"x".repeat(70_000), "*/*").await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_result_over_the_limit_and_a_query_over_its_time_are_refused() {
    let limits = yeoul_serve::Limits {
        query_rows: 100,
        query_time: std::time::Duration::from_millis(300),
        ..yeoul_serve::Limits::default()
    };
    let world = World::with(limits);
    let _sink = world.sample();
    let cross = ["hourly a", "hourly b", "hourly c", "hourly d"].join(", ");
    let (status, _) = world.query(&format!("SELECT a.origin FROM {cross}"), "*/*").await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let many: Vec<String> = (0..14).map(|n| format!("hourly t{n}")).collect();
    let sql = format!(
        "SELECT COUNT(DISTINCT CONCAT(t0.origin, t5.departures)) FROM {} WHERE t0.departures + t13.departures > 1",
        many.join(", ")
    );
    let (status, body) = world.query(&sql, "*/*").await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT, "{body}");
}

#[tokio::test]
async fn status_and_metrics_tell_the_fate_of_rows() {
    let world = World::new();
    let _sink = world.sample();
    let status = world.json("/v1/status").await;
    assert_eq!((&status["version"], &status["uptime_ms"]), (&json!("1.2.3"), &json!(500)));
    assert_eq!(status["jobs"][0]["branches"][0]["late"], 1);
    assert_eq!(
        (&status["views"][0]["rows"], &status["views"][0]["columns"][1]["type"]),
        (&json!(4), &json!("TIMESTAMP(3)"))
    );
    let (_, metrics) = world.get("/metrics").await;
    for line in [
        "yeoul_branch_rows_total{job=\"job\\\"1\",branch=\"b\",writes=\"v\",fate=\"late\",cause=\"\"} 1",
        "yeoul_branch_rows_total{job=\"job\\\"1\",branch=\"b\",writes=\"v\",fate=\"filtered\",cause=\"where\"} 1",
        "yeoul_job_checkpoint_age_seconds{job=\"job\\\"1\"} 0.1",
        "yeoul_source_lag_rows{job=\"job\\\"1\",table=\"t\",reads=\"landing.<b>\"} 2",
        "yeoul_view_rows{view=\"hourly\"} 4",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in\n{metrics}");
    }
    assert_eq!(world.get("/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(world.get("/readyz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_page_comes_whole_and_fetches_nothing_from_elsewhere() {
    let world = World::new();
    for uri in ["/", "/app.js", "/view.js", "/chart.js", "/dom.js", "/style.css", "/icon.svg"] {
        let request = Request::get(uri).header("host", "localhost:8150").body(Body::empty()).unwrap();
        let (status, headers, body) = world.request(request).await;
        assert_eq!(status, StatusCode::OK, "{uri}");
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
        let foreign = body.replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http://") && !foreign.contains("https://"), "{uri} names another place");
        assert!(!body.contains("innerHTML") && !body.contains("insertAdjacentHTML"), "{uri} parses HTML");
    }
}

#[tokio::test]
async fn foreign_hosts_and_foreign_pages_are_refused() {
    let world = World::new();
    let _sink = world.sample();
    let ask = |method: &'static str, headers: &'static [(&'static str, &'static str)]| {
        let mut request =
            Request::builder().method(method).uri(if method == "GET" { "/v1/views" } else { "/v1/query" });
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        world.request(request.body(Body::from("{\"sql\":\"SELECT 1\"}")).unwrap())
    };
    let refused: [(&str, &[(&str, &str)]); 8] = [
        ("GET", &[]),
        ("GET", &[("host", "evil.example")]),
        ("GET", &[("host", "localhost.evil.example:8150")]),
        ("GET", &[("host", "192.168.1.9:8150")]),
        ("POST", &[("host", "localhost:8150"), ("origin", "http://evil.example")]),
        ("POST", &[("host", "localhost:8150"), ("origin", "null")]),
        ("POST", &[("host", "localhost:8150"), ("origin", "http://localhost:9999")]),
        ("POST", &[("host", "localhost:8150"), ("sec-fetch-site", "cross-site")]),
    ];
    for (method, headers) in refused {
        assert_eq!(ask(method, headers).await.0, StatusCode::FORBIDDEN, "{method} {headers:?}");
    }
    let taken: [(&str, &[(&str, &str)]); 6] = [
        ("GET", &[("host", "127.0.0.1:8150"), ("origin", "http://evil.example")]),
        ("GET", &[("host", "[::1]:8150")]),
        ("GET", &[("host", "data.example")]),
        ("POST", &[("host", "localhost:8150"), ("origin", "http://localhost:8150")]),
        ("POST", &[("host", "LOCALHOST:8150"), ("sec-fetch-site", "same-origin")]),
        ("POST", &[("host", "127.0.0.1")]),
    ];
    for (method, headers) in taken {
        assert_eq!(ask(method, headers).await.0, StatusCode::OK, "{method} {headers:?}");
    }
    let (_, headers, _) = ask("GET", &[("host", "localhost"), ("origin", "http://evil.example")]).await;
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_view_of_a_hundred_thousand_rows_is_read_whole() {
    let world = World::new();
    let mut sink = world.sink("large", &[]);
    for start in 0..10 {
        let part: Vec<_> = (0..10_000).map(|n| (RowKind::Insert, ("A", start * 10_000 + n, n, None))).collect();
        sink.write(&rows(&part)).unwrap();
    }
    commit(sink.as_mut());
    assert_eq!(world.json("/v1/views/large").await.as_array().unwrap().len(), 100_000);
}
