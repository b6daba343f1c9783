//! Rows as the body of an answer: a JSON array, one object a line, or CSV, written batch by batch as the client reads.

use std::convert::Infallible;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use yeoul_row::json::JsonRows;

use crate::http::fault::Fault;

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// `[{…},{…}]`
    Json,
    /// `{…}` a line.
    NdJson,
    /// RFC 4180, with a line of names.
    Csv,
}

impl Format {
    /// What the `Accept` header asks for: the first of its types that there is.
    pub(crate) fn wanted(headers: &HeaderMap) -> Result<Format, Fault> {
        let Some(accept) = headers.get(header::ACCEPT) else { return Ok(Format::Json) };
        let accept = accept.to_str().unwrap_or_default();
        let types = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
        let formats = types.filter_map(|name| match name.to_ascii_lowercase().as_str() {
            "*/*" | "application/*" | "application/json" | "" => Some(Format::Json),
            "application/x-ndjson" | "application/jsonl" => Some(Format::NdJson),
            "text/csv" => Some(Format::Csv),
            _ => None,
        });
        formats.into_iter().next().ok_or_else(|| {
            let error = format!("there is no answer in `{accept}`");
            let help = "accept `application/json`, `application/x-ndjson` or `text/csv`";
            Fault::new(StatusCode::NOT_ACCEPTABLE, error, help)
        })
    }

    fn content_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::NdJson => "application/x-ndjson",
            Format::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    fn begin(self, schema: &Schema) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Format::Json => out.push(b'['),
            Format::NdJson => {}
            Format::Csv => {
                let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                csv_line(names.iter().map(|name| name.as_bytes()), &mut out);
            }
        }
        out
    }

    fn end(self) -> &'static [u8] {
        if self == Format::Json { b"]\n" } else { b"" }
    }
}

/// An answer with these rows.
pub(crate) fn answer(format: Format, schema: &Schema, batches: Vec<RecordBatch>) -> Result<Response, Fault> {
    let batches = batches.iter().map(writable).collect::<Result<Vec<_>, _>>().map_err(Fault::internal)?;
    let begin = format.begin(schema);
    let mut first = true;
    let chunks = batches.into_iter().filter(|batch| batch.num_rows() > 0).map(move |batch| {
        let chunk = write(format, &batch, first);
        first = false;
        chunk
    });
    let chunks = std::iter::once(begin).chain(chunks).chain(std::iter::once(format.end().to_vec()));
    let body = chunks.filter(|chunk| !chunk.is_empty()).map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    let mut response = Response::new(Body::from_stream(stream::iter(body)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn write(format: Format, batch: &RecordBatch, first: bool) -> Vec<u8> {
    let mut out = Vec::new();
    // `writable` has left only types that have a JSON form.
    let Ok(rows) = JsonRows::new(batch) else { return out };
    for row in 0..batch.num_rows() {
        match format {
            Format::Json => {
                out.extend_from_slice(if first && row == 0 { b"\n" } else { b",\n" });
                rows.write(row, &mut out);
            }
            Format::NdJson => {
                rows.write(row, &mut out);
                out.push(b'\n');
            }
            Format::Csv => csv_row(&rows, batch, row, &mut out),
        }
    }
    out
}

fn csv_row(rows: &JsonRows<'_>, batch: &RecordBatch, row: usize, out: &mut Vec<u8>) {
    let values = batch.columns().iter().enumerate().map(|(place, column)| {
        let mut json = Vec::new();
        if column.is_valid(row) {
            rows.write_value(place, row, &mut json);
        }
        // A JSON string is written as its text, everything else as it stands.
        serde_json::from_slice::<String>(&json).map_or(json, String::into_bytes)
    });
    csv_line(values, out);
}

fn csv_line<T: AsRef<[u8]>>(values: impl Iterator<Item = T>, out: &mut Vec<u8>) {
    for (place, value) in values.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        csv_value(value.as_ref(), out);
    }
    out.extend_from_slice(b"\r\n");
}

fn csv_value(value: &[u8], out: &mut Vec<u8>) {
    if !value.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    for byte in value {
        out.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    out.push(b'"');
}

/// The batch with types of ad-hoc SQL that have no JSON form cast to such that have.
fn writable(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    if JsonRows::new(batch).is_ok() {
        return Ok(batch.clone());
    }
    let cast = |array: &ArrayRef| -> Result<ArrayRef, ArrowError> {
        let one = RecordBatch::try_from_iter_with_nullable([("", array.clone(), true)])?;
        if JsonRows::new(&one).is_ok() {
            return Ok(array.clone());
        }
        compute::cast(array, &substitute(array.data_type()))
    };
    let columns = batch.columns().iter().map(cast).collect::<Result<Vec<_>, _>>()?;
    let schema = batch.schema();
    let named = schema.fields().iter().zip(&columns);
    let fields: Vec<Field> =
        named.map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn substitute(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time32(TimeUnit::Millisecond),
        DataType::Float16 => DataType::Float32,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::LargeList(field) | DataType::ListView(field) | DataType::FixedSizeList(field, _) => {
            DataType::List(field.clone())
        }
        DataType::Dictionary(_, value) => value.as_ref().clone(),
        _ => DataType::Utf8,
    }
}
