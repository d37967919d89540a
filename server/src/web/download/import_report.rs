//! The report of an import: what was wrong with records of the file, or odd about them.

use app::Text;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use domain::{Language, sight::Sight};
use futures::{Stream, StreamExt, stream};
use store::imports::Import;

use super::attachment;
use crate::{context::SharedContext, importing::report, recordings::StorageError, web::problem::Problem};

/// Sends the report of an import, in this language and as this reader may see it.
pub async fn send(
    context: &SharedContext,
    import: Import,
    language: Language,
    sight: Sight,
) -> Result<Response, Problem> {
    let object = import.report.ok_or_else(|| Problem::not_found("report"))?;
    let left = (import.left > 0).then(|| {
        let text = Text(language);
        text.import_left_calls(&text.calls(import.left))
    });
    let stream = context.recordings.read_whole(&object).await.map_err(|error| match error {
        StorageError::Gone => Problem::not_found("report"),
        error => error.into(),
    })?;
    let said = stream::iter(left.map(|left| Ok(Bytes::from(format!("{left}\n")))));
    let is_as_stored = language == Language::En && !sight.is_masked();
    let mut response = Response::new(if is_as_stored {
        Body::from_stream(said.chain(stream))
    } else {
        Body::from_stream(said.chain(as_read(stream, language, sight)))
    });
    let name = HeaderValue::from_str(&attachment(&format!("{}.txt", import.name.as_str())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, name.map_err(|error| Problem::internal(&error))?);
    Ok(response)
}

/// The lines of a report as they come, in a language and as a reader may see them.
fn as_read<E>(
    report: impl Stream<Item = Result<Bytes, E>>,
    language: Language,
    sight: Sight,
) -> impl Stream<Item = Result<Bytes, E>> {
    let end = stream::once(async { None });
    report.map(Some).chain(end).scan(Vec::new(), move |rest: &mut Vec<u8>, chunk| {
        let whole = match chunk {
            Some(Ok(bytes)) => {
                rest.extend_from_slice(&bytes);
                rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
            }
            Some(Err(error)) => return std::future::ready(Some(Err(error))),
            None => rest.len(),
        };
        let lines: Vec<u8> = rest.drain(..whole).collect();
        let mut said = String::with_capacity(lines.len());
        for line in String::from_utf8_lossy(&lines).split_inclusive('\n') {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
            let line = report::shown(line, sight);
            said.push_str(&report::in_language(&line, language));
            said.push_str(end);
        }
        std::future::ready(Some(Ok(Bytes::from(said))))
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[tokio::test]
    async fn lines_are_whole_wherever_the_chunks_end() {
        let report = "tệp.csv:1: id: is missing: rejected\ntệp.csv:2: id: is missing: rejected";
        for size in [1, 3, 40, 1_000] {
            let chunks = report.as_bytes().chunks(size).map(|chunk| Ok::<_, Infallible>(Bytes::copy_from_slice(chunk)));
            let said: Vec<Bytes> =
                as_read(stream::iter(chunks), Language::Vi, Sight::Whole).map(|chunk| chunk.unwrap()).collect().await;
            assert_eq!(
                String::from_utf8(said.concat()).unwrap(),
                "tệp.csv:1: Mã cuộc gọi: thiếu: loại\ntệp.csv:2: Mã cuộc gọi: thiếu: loại"
            );
        }
    }
}
