//! `GET /v1/views/{name}/changes`: a view's rows, then its changes as they become visible, as server-sent events.
//!
//! | event | data | id |
//! |---|---|---|
//! | `reset` | `{"rows": n}`: forget all rows, `n` follow | empty |
//! | `rows` | an array of rows | |
//! | `ready` | `{"rows": n}`: these were all | of the last change that they include |
//! | `change` | `{"kind": "+I", "row": {…}}` | the change's |
//!
//! A reader that names the id behind which it wants to go on (`Last-Event-ID`, as browsers do by themselves, or
//! `?after=`) gets exactly the changes behind it if they are still kept, and else a `reset`. One that does not take
//! what it is sent is cut off; it never holds the view's job back.

use std::sync::Arc;

use arrow::array::RecordBatch;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use yeoul_row::json::JsonRows;

use crate::change::{Change, ChangeId};
use crate::http::fault::Fault;
use crate::http::read_view::{Parameters, find, parameters_of};
use crate::serve::Serve;
use crate::view::{Snapshot, View};

/// Rows per `rows` event.
const EVENT_ROWS: usize = 256;
/// Changes that are written in one piece.
const PIECE_CHANGES: usize = 256;
/// Pieces that wait for a reader.
const PIECES_MAX: usize = 4;

pub(super) async fn changes(
    State(serve): State<Arc<Serve>>,
    Path(name): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let view = find(&serve.views, &name)?;
    let after = position(&parameters_of(parameters)?, &headers)?;
    let permit = serve.feeds.clone().try_acquire_owned().map_err(|_| too_many())?;
    let (pieces, body) = mpsc::channel(PIECES_MAX);
    let reader = Reader { serve, view, pieces, at: after, _permit: permit };
    tokio::spawn(reader.run());
    let body =
        stream::unfold(body, |mut body| async { body.recv().await.map(|piece| (Ok::<Bytes, String>(piece), body)) });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where a reader wants to go on. A browser's id that isn't one is as good as none.
fn position(parameters: &[(String, String)], headers: &HeaderMap) -> Result<Option<ChangeId>, Fault> {
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let mut after = resumed;
    for (name, value) in parameters {
        if name != "after" {
            return Err(Fault::bad(format!("there is no parameter `{name}`"), "there is only `after`"));
        }
        let asked = value.parse().map_err(|_| {
            Fault::bad(
                format!("`after` can't be `{value}`"),
                "write an id of an earlier event, as in `1700000000000-1`",
            )
        })?;
        after = resumed.or(Some(asked));
    }
    Ok(after)
}

fn too_many() -> Fault {
    let help = "close one, or read the view with `/v1/views/{name}`";
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, "too many change feeds are open", help)
}

/// One open feed.
struct Reader {
    serve: Arc<Serve>,
    view: Arc<View>,
    pieces: mpsc::Sender<Bytes>,
    /// The last change that was sent; nothing before the first.
    at: Option<ChangeId>,
    _permit: OwnedSemaphorePermit,
}

/// The feed is over: the reader went away or was cut off, or the view or the platform ends.
struct Over;

impl Reader {
    async fn run(mut self) {
        let _ = self.feed().await;
    }

    async fn feed(&mut self) -> Result<Over, Over> {
        let mut shown = self.view.watch();
        let mut closed = self.serve.closed();
        self.send(b"retry: 1000\n\n".to_vec()).await?;
        let mut at = match self.at {
            Some(after) if self.view.changes(after, 0).is_ok() => after,
            _ => self.send_all().await?,
        };
        loop {
            shown.mark_unchanged();
            at = self.send_changes(at).await?;
            tokio::select! {
                changed = shown.changed() => changed.map_err(|_| Over)?,
                () = tokio::time::sleep(self.serve.limits.heartbeat) => self.beat().await?,
                () = self.pieces.closed() => return Ok(Over),
                () = until_true(&mut closed) => return Ok(Over),
            }
        }
    }

    async fn send(&self, piece: Vec<u8>) -> Result<(), Over> {
        let patience = self.serve.limits.feed_patience;
        let sent = tokio::time::timeout(patience, self.pieces.send(piece.into())).await;
        sent.map_err(|_| Over)?.map_err(|_| Over)
    }

    /// A sign of life; a view that is gone or was replaced ends its feeds.
    async fn beat(&self) -> Result<(), Over> {
        let current = self.serve.views.get(&self.view.spec.name).ok_or(Over)?;
        if !Arc::ptr_eq(&current, &self.view) {
            return Err(Over);
        }
        self.send(b": alive\n\n".to_vec()).await
    }

    /// Sends all rows; returns the last change that they include.
    async fn send_all(&self) -> Result<ChangeId, Over> {
        let view = self.view.clone();
        let snapshot = self.serve.compute(move || view.snapshot().map_err(Fault::internal)).await.map_err(|_| Over)?;
        let count = format!("{{\"rows\":{}}}", snapshot.rows);
        self.send(format!("event: reset\nid:\ndata: {count}\n\n").into_bytes()).await?;
        for piece in pieces_of(&snapshot) {
            self.send(rows_event(&piece)).await?;
        }
        self.send(format!("event: ready\nid: {}\ndata: {count}\n\n", snapshot.at).into_bytes()).await?;
        Ok(snapshot.at)
    }

    /// Sends the changes behind `after`; a reader that is too far behind is cut off, and resets when it comes back.
    async fn send_changes(&self, after: ChangeId) -> Result<ChangeId, Over> {
        let mut at = after;
        loop {
            let changes = self.view.changes(at, PIECE_CHANGES).map_err(|_| Over)?;
            let Some(last) = changes.last() else { return Ok(at) };
            at = last.id;
            self.send(change_events(&self.view, &changes).map_err(|_| Over)?).await?;
        }
    }
}

async fn until_true(flag: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the platform with it.
    let _ = flag.wait_for(|value| *value).await;
}

fn pieces_of(snapshot: &Snapshot) -> impl Iterator<Item = RecordBatch> {
    snapshot.batches.iter().flat_map(|batch| {
        let starts = (0..batch.num_rows()).step_by(EVENT_ROWS);
        starts.map(|start| batch.slice(start, EVENT_ROWS.min(batch.num_rows() - start)))
    })
}

fn rows_event(batch: &RecordBatch) -> Vec<u8> {
    let mut out = b"event: rows\ndata: [".to_vec();
    if let Ok(rows) = JsonRows::new(batch) {
        for row in 0..batch.num_rows() {
            out.extend_from_slice(if row == 0 { b"" } else { b"," });
            rows.write(row, &mut out);
        }
    }
    out.extend_from_slice(b"]\n\n");
    out
}

fn change_events(view: &View, changes: &[Change]) -> Result<Vec<u8>, Fault> {
    let batch = view.codec.decode(changes.iter().map(|change| change.row.as_ref())).map_err(Fault::internal)?;
    let rows = JsonRows::new(&batch).map_err(Fault::internal)?;
    let mut out = Vec::new();
    for (row, change) in changes.iter().enumerate() {
        let head = format!("event: change\nid: {}\ndata: {{\"kind\":\"{}\",\"row\":", change.id, change.kind.text());
        out.extend_from_slice(head.as_bytes());
        rows.write(row, &mut out);
        out.extend_from_slice(b"}\n\n");
    }
    Ok(out)
}
