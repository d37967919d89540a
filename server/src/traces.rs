//! Traces for OpenTelemetry: the spans that the log has, of requests and jobs, are sent to a collector by OTLP over HTTP where the operator
//! names one. Without the feature `otel` nothing of it is compiled.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use store::CostFigures;
use tracing::Span;

#[cfg(feature = "otel")]
pub use self::sending::Traces;

/// Whether spans are sent anywhere.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// Calls a span in its trace by what it does: by its kind alone all would be alike. It must have the field `otel.name`.
pub fn name(span: &Span, name: impl FnOnce() -> String) {
    if IS_ON.load(Relaxed) {
        span.record("otel.name", name());
    }
}

/// Says at its end what a span asked of the database.
pub fn end(span: &Span, asked: CostFigures) {
    if IS_ON.load(Relaxed) {
        for (name, value) in [
            ("ringside.statements", asked.statements),
            ("ringside.rows", asked.rows),
            ("ringside.waited_ms", asked.waited.as_millis() as u64),
        ] {
            attribute(span, name, value);
        }
    }
}

/// Says a number of a span.
pub fn attribute(span: &Span, name: &'static str, value: u64) {
    #[cfg(feature = "otel")]
    if IS_ON.load(Relaxed) {
        tracing_opentelemetry::OpenTelemetrySpanExt::set_attribute(span, name, value.cast_signed());
    }
    #[cfg(not(feature = "otel"))]
    let _ = (span, name, value);
}

#[cfg(feature = "otel")]
mod sending {
    use std::{fmt, sync::atomic::Ordering::Relaxed, time::Duration};

    use bytes::Bytes;
    use futures::{FutureExt, future::BoxFuture};
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_http::{HttpClient, HttpError, Request, Response};
    use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
    use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
    use tokio::runtime::Handle;
    use tracing::Subscriber;
    use tracing_subscriber::{Layer, registry::LookupSpan};

    use super::IS_ON;

    /// How long the collector may take to answer, and what is left to be sent when the program ends.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// The way to the collector. Spans are gathered and sent by a thread of their own; where it does not answer they are dropped.
    pub struct Traces(SdkTracerProvider);

    impl Traces {
        /// To the collector at this address, such as `http://127.0.0.1:4318`. What else there is to set is read from the usual variables:
        /// `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES`.
        ///
        /// # Errors
        /// The address is none.
        pub fn begin(collector: &str, runtime: Handle) -> Result<Self, String> {
            let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| error.to_string())?;
            let exporter = SpanExporter::builder()
                .with_http()
                .with_http_client(SpanSender { client, runtime })
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(format!("{}/v1/traces", collector.trim_end_matches('/')))
                .build()
                .map_err(|error| error.to_string())?;
            let resource = Resource::builder().with_service_name("ringside").build();
            IS_ON.store(true, Relaxed);
            Ok(Self(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build()))
        }

        /// What takes the spans.
        pub fn layer<S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync>(
            &self,
        ) -> impl Layer<S> + Send + Sync + use<S> {
            let tracer = self.0.tracer("ringside");
            tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false)
        }

        /// Sends what was gathered.
        pub fn end(&self) {
            // Whoever stops the program has no use for a collector that does not answer.
            let _ = self.0.shutdown_with_timeout(PATIENCE);
        }
    }

    /// Sends by the program's own client, on its runtime: the thread that gathers has none.
    struct SpanSender {
        client: reqwest::Client,
        runtime: Handle,
    }

    impl fmt::Debug for SpanSender {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Sender")
        }
    }

    impl HttpClient for SpanSender {
        fn send_bytes<'s, 'f>(&'s self, request: Request<Bytes>) -> BoxFuture<'f, Result<Response<Bytes>, HttpError>>
        where
            's: 'f,
            Self: 'f,
        {
            let client = self.client.clone();
            let sending = self.runtime.spawn(async move {
                let answer = client.execute(request.try_into()?).await?;
                let status = answer.status();
                let mut response = Response::new(answer.bytes().await?);
                *response.status_mut() = status;
                Ok::<_, HttpError>(response)
            });
            async move { sending.await? }.boxed()
        }
    }
}
