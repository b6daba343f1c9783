//! `GET /metrics`: figures for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use yeoul_base::PartitionId;
use yeoul_engine::status::{BranchStatus, JobState, JobStatus, SourceStatus};
use yeoul_log::{Health, Log};

use crate::metrics::Metrics;
use crate::resident::resident_bytes;
use crate::serve::Serve;
use crate::view::View;

pub(super) async fn metrics(State(serve): State<Arc<Serve>>) -> impl IntoResponse {
    let mut metrics = Metrics::default();
    let now = serve.clock.now().0;
    process(&mut metrics, &serve, now);
    serve.platform.jobs().iter().for_each(|job| add_job(&mut metrics, job, now));
    serve.views.all().iter().for_each(|view| add_view(&mut metrics, view, now));
    if let Some(log) = &serve.log {
        add_log(&mut metrics, log);
        add_topics(&mut metrics, log);
    }
    serve.platform.metrics(&mut metrics);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.text())
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

fn process(metrics: &mut Metrics, serve: &Serve, now: i64) {
    let about = serve.platform.about();
    metrics.gauge("yeoul_info", "Always 1; the version is a label.", &[("version", &about.version)], 1.0);
    metrics.gauge("yeoul_uptime_seconds", "Time since the start.", &[], seconds((now - about.started_at).max(0)));
    let ready = f64::from(u8::from(serve.not_ready().is_none()));
    metrics.gauge("yeoul_ready", "Whether everything answers.", &[], ready);
    let feeds = serve.limits.feeds - serve.feeds.available_permits();
    metrics.gauge("yeoul_change_feeds", "Change feeds of views that are open.", &[], feeds as f64);
    if let Some(bytes) = resident_bytes() {
        metrics.gauge("yeoul_resident_memory_bytes", "Memory that the process holds.", &[], bytes as f64);
    }
}

fn add_job(metrics: &mut Metrics, job: &JobStatus, now: i64) {
    let labels = [("job", job.name.as_str())];
    for (state, text) in STATES {
        let on = f64::from(u8::from(job.state == state));
        metrics.gauge("yeoul_job_state", "1 for the state that the job is in.", &[labels[0], ("state", text)], on);
    }
    metrics.counter("yeoul_job_checkpoints_total", "Number of the last committed checkpoint.", &labels, job.checkpoint);
    metrics.gauge("yeoul_job_state_bytes", "Operator state in memory.", &labels, job.state_bytes as f64);
    if job.checkpoint > 0 {
        let took = seconds(i64::try_from(job.checkpoint_ms).unwrap_or(i64::MAX));
        metrics.gauge("yeoul_job_checkpoint_duration_seconds", "How long the last checkpoint took.", &labels, took);
        let age = seconds((now - job.checkpoint_at).max(0));
        metrics.gauge(
            "yeoul_job_checkpoint_age_seconds",
            "Time since the last checkpoint was committed.",
            &labels,
            age,
        );
    }
    job.sources.iter().for_each(|source| add_source(metrics, &job.name, source));
    job.branches.iter().for_each(|branch| add_branch(metrics, &job.name, branch));
}

const STATES: [(JobState, &str); 5] = [
    (JobState::Starting, "starting"),
    (JobState::Running, "running"),
    (JobState::Finished, "finished"),
    (JobState::Stopped, "stopped"),
    (JobState::Failed, "failed"),
];

fn add_source(metrics: &mut Metrics, job: &str, source: &SourceStatus) {
    let labels = [("job", job), ("table", source.table.as_str()), ("reads", source.reads.as_str())];
    metrics.counter("yeoul_source_rows_total", "Rows read, over restarts.", &labels, source.rows);
    if let Some(lag) = source.lag {
        metrics.gauge("yeoul_source_lag_rows", "Rows behind the end of the source.", &labels, lag as f64);
    }
    if let Some(watermark) = source.watermark {
        metrics.gauge("yeoul_source_watermark_seconds", "Event time since 1970.", &labels, seconds(watermark));
    }
}

fn add_branch(metrics: &mut Metrics, job: &str, branch: &BranchStatus) {
    let labels = [("job", job), ("branch", branch.name.as_str()), ("writes", branch.writes.as_str())];
    metrics.counter("yeoul_branch_input_rows_total", "Rows that the branch's sources read.", &labels, branch.input);
    metrics.counter("yeoul_branch_output_rows_total", "Rows delivered.", &labels, branch.output);
    let help = "What became of input rows; the fates and the waiting rows add up to the input.";
    let mut fate = |fate: &str, cause: &str, rows: u64| {
        let labels = [labels[0], labels[1], labels[2], ("fate", fate), ("cause", cause)];
        metrics.counter("yeoul_branch_rows_total", help, &labels, rows);
    };
    fate("applied", "", branch.applied);
    fate("late", "", branch.late);
    fate("refused", "", branch.refused);
    fate("failed", "", branch.failed);
    branch.filtered.iter().for_each(|(cause, rows)| fate("filtered", cause, *rows));
    metrics.gauge("yeoul_branch_waiting_rows", "Rows in open windows.", &labels, branch.waiting as f64);
    if let Some(watermark) = branch.watermark {
        metrics.gauge(
            "yeoul_branch_watermark_seconds",
            "Event time at the sink, since 1970.",
            &labels,
            seconds(watermark),
        );
    }
}

fn add_view(metrics: &mut Metrics, view: &View, now: i64) {
    let figures = view.figures();
    let labels = [("view", view.spec.name.as_str())];
    metrics.gauge("yeoul_view_rows", "Rows that readers see.", &labels, figures.rows as f64);
    metrics.gauge("yeoul_view_bytes", "Rows and kept changes in memory.", &labels, figures.bytes as f64);
    if let Some(time) = figures.committed_at {
        let age = seconds((now - time.0).max(0));
        metrics.gauge("yeoul_view_freshness_seconds", "Time since the view was brought up to date.", &labels, age);
    }
}

fn add_log(metrics: &mut Metrics, log: &Log) {
    let figures = log.figures();
    let serving = f64::from(u8::from(log.health() == Health::Serving));
    metrics.gauge("yeoul_log_serving", "Whether the log takes records.", &[], serving);
    metrics.counter("yeoul_log_appended_records_total", "Records made visible.", &[], figures.appended_records);
    metrics.counter("yeoul_log_appended_bytes_total", "Bytes made durable.", &[], figures.appended_bytes);
    metrics.counter("yeoul_log_flushes_total", "Groups written, each with one flush.", &[], figures.flushes);
    let micros = figures.flush_micros;
    metrics.counter("yeoul_log_flush_microseconds_total", "Time spent writing and flushing.", &[], micros);
    metrics.gauge("yeoul_log_wal_files", "Write-ahead log files.", &[], figures.wal_files as f64);
    metrics.gauge("yeoul_log_segments", "Segment objects.", &[], figures.segments as f64);
    metrics.gauge("yeoul_log_segment_bytes", "Size of the segment objects.", &[], figures.segment_bytes as f64);
    metrics.gauge("yeoul_log_queued_bytes", "What waits for the disk.", &[], figures.queued_bytes as f64);
}

fn add_topics(metrics: &mut Metrics, log: &Log) {
    for topic in log.topics() {
        for number in 0..topic.partitions {
            let Some(bounds) = log.bounds(topic.id, PartitionId(number)) else { continue };
            let number = number.to_string();
            let labels = [("topic", topic.name.as_str()), ("partition", number.as_str())];
            let (first, end) = (bounds.log_start.0, bounds.high_watermark.0);
            metrics.gauge("yeoul_topic_log_start_offset", "The first offset that is kept.", &labels, first as f64);
            metrics.gauge(
                "yeoul_topic_high_watermark",
                "The offset behind the last durable record.",
                &labels,
                end as f64,
            );
            metrics.gauge("yeoul_topic_bytes", "Size of the kept records.", &labels, bounds.bytes as f64);
        }
    }
}
