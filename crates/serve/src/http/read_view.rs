//! `GET /v1/views/{name}`: the rows of a served table.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute;
use arrow::datatypes::Schema;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::http::fault::Fault;
use crate::http::filter::{Condition, filter};
use crate::http::order::{OrderBy, page, sort};
use crate::http::rows::{self, Format};
use crate::serve::Serve;
use crate::view::{Snapshot, View};
use crate::views::Views;

/// What of a view is asked for.
#[derive(Debug, Default)]
struct Selection {
    conditions: Vec<Condition>,
    order: Vec<OrderBy>,
    limit: Option<usize>,
    offset: usize,
}

pub(super) type Parameters = Result<Query<Vec<(String, String)>>, QueryRejection>;

pub(super) async fn read_view(
    State(serve): State<Arc<Serve>>,
    Path(name): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let view = find(&serve.views, &name)?;
    let format = Format::wanted(&headers)?;
    let selection = Selection::parse(view.schema(), &parameters_of(parameters)?)?;
    let (snapshot, batches) = serve.compute(move || select(&view, &selection)).await?;
    let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
    let mut response = rows::answer(format, &schema, batches)?;
    if let Ok(at) = HeaderValue::from_str(&snapshot.at.to_string()) {
        response.headers_mut().insert("yeoul-change", at);
    }
    if let Some(time) = snapshot.committed_at {
        response.headers_mut().insert("yeoul-committed-at", HeaderValue::from(time.0));
    }
    Ok(response)
}

/// The view of a name.
pub(crate) fn find(views: &Views, name: &str) -> Result<Arc<View>, Fault> {
    views.get(name).ok_or_else(|| {
        let names: Vec<String> = views.names().iter().map(|name| format!("`{name}`")).collect();
        let help = match names.is_empty() {
            true => "no view is served; `CREATE MATERIALIZED TABLE` makes one".to_owned(),
            false => format!("the views are {}", names.join(", ")),
        };
        Fault::missing(format!("there is no view `{name}`"), help)
    })
}

pub(super) fn parameters_of(parameters: Parameters) -> Result<Vec<(String, String)>, Fault> {
    let bad = |error: QueryRejection| Fault::bad(error.body_text(), "write the address as `?name=value&name=value`");
    parameters.map(|Query(pairs)| pairs).map_err(bad)
}

impl Selection {
    fn parse(schema: &Schema, parameters: &[(String, String)]) -> Result<Selection, Fault> {
        let mut selection = Selection::default();
        for (name, value) in parameters {
            match name.as_str() {
                "limit" => selection.limit = Some(number(name, value)?),
                "offset" => selection.offset = number(name, value)?,
                "order" => selection.order = OrderBy::parse(schema, value)?,
                _ => selection.conditions.push(Condition::parse(schema, name, value)?),
            }
        }
        Ok(selection)
    }
}

fn number(name: &str, value: &str) -> Result<usize, Fault> {
    value.parse().map_err(|_| Fault::bad(format!("`{name}` can't be `{value}`"), "write a whole number from 0 on"))
}

fn select(view: &View, selection: &Selection) -> Result<(Arc<Snapshot>, Vec<RecordBatch>), Fault> {
    let snapshot = view.snapshot().map_err(Fault::internal)?;
    let filtered = snapshot.batches.iter().map(|batch| filter(batch, &selection.conditions));
    let mut batches = filtered.collect::<Result<Vec<_>, _>>()?;
    if !selection.order.is_empty() {
        let whole = compute::concat_batches(view.schema(), &batches).map_err(Fault::internal)?;
        let most = selection.limit.map(|limit| limit.saturating_add(selection.offset));
        batches = vec![sort(&whole, &selection.order, most)?];
    }
    let mut batches = page(batches, selection.offset, selection.limit);
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(view.schema().clone()));
    }
    Ok((snapshot, batches))
}
