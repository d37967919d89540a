//! `ringside api`: what the API reads and sets, asked by the operator without a token and without a server that runs.

use std::io::{Read, Write};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use futures::StreamExt;
use store::audit::Actor;
use tower::ServiceExt;

use super::{Failure, account_named, open, scope_of};
use crate::{
    clock, context::Server, recordings::Recordings, router::router, settings::Settings, web::token::OperatorRequest,
};

/// What is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Such as:
  ringside api --account Shop GET result-codes
  ringside api --account Shop PUT recipients '{\"emails\": [\"a@shop.example\"]}'
  ringside api --account Shop PUT tariffs - < tariff.json
The addresses and what they take are those of GET openapi.json.")]
pub(super) struct ApiArguments {
    /// The account, by the name it is registered by
    #[arg(long)]
    account: String,
    /// GET, PUT, POST or DELETE
    #[arg(value_parser = method)]
    method: Method,
    /// The address below /api/v1/, such as voicebots/bot-1
    path: String,
    /// JSON to send; - reads it from standard input
    body: Option<String>,
    /// As what it is answered, such as text/csv
    #[arg(long, default_value = "application/json")]
    accept: String,
}

fn method(word: &str) -> Result<Method, &'static str> {
    let method = word.to_uppercase().parse().ok();
    method
        .filter(|method| [Method::GET, Method::PUT, Method::POST, Method::DELETE].contains(method))
        .ok_or("must be GET, PUT, POST or DELETE")
}

pub(super) async fn run(settings: Settings, arguments: ApiArguments) -> Result<(), Failure> {
    let ApiArguments { account, method, path, body, accept } = arguments;
    let body = match body {
        Some(dash) if dash == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        body => body.unwrap_or_default(),
    };
    let db = open(&settings).await?;
    let scope = {
        let account = account_named(&mut db.read().await?, &account).await?;
        scope_of(&account).in_country(account.country)
    };
    let recordings = Recordings::open(&settings.recordings).map_err(Failure::new)?;
    let server = Server::new(db, clock::system(), recordings, settings).map_err(Failure::new)?;
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("api/v1/").unwrap_or(path);
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1/{path}"))
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/json")
        .extension(OperatorRequest(scope, Actor::operator()))
        .body(Body::from(body))
        .map_err(|error| Failure::new(format!("{path:?} cannot be asked: {error}")))?;
    let Ok(response) = router(&server).oneshot(request).await;
    let status = response.status();
    let mut parts = response.into_body().into_data_stream();
    let mut out: Vec<u8> = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| Failure::new(format!("the answer broke off: {error}")))?;
        if status.is_success() {
            std::io::stdout().write_all(&part)?;
        } else {
            out.extend_from_slice(&part);
        }
    }
    server.db.close().await;
    if status.is_success() {
        if status != StatusCode::NO_CONTENT {
            println!();
        }
        return Ok(());
    }
    let problem: serde_json::Value = serde_json::from_slice(&out).unwrap_or_default();
    let said = |name: &str| problem[name].as_str().map(str::to_owned);
    let words = said("detail").or_else(|| said("title")).unwrap_or_else(|| status.to_string());
    Err(Failure::new(words))
}
