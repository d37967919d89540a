//! The server of Ringside: web application, HTTP API and commands. The program `ringside` is a thin shell around it;
//! the tests use the same parts.

// Axum's and Leptos's types nest deeply.
#![recursion_limit = "512"]

pub mod api;
pub mod attempts;
pub mod clock;
pub mod commands;
pub mod connections;
pub mod context;
pub mod disks;
pub mod failure;
pub mod files;
pub mod first_start;
pub mod holding_body;
pub mod hooks;
pub mod importing;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod metrics;
pub mod pages;
pub mod passwords;
pub mod readiness;
pub mod reading_turns;
pub mod recordings;
pub mod rendering;
pub mod router;
pub mod sealing;
pub mod secrets;
pub mod settings;
pub mod shared_answer;
pub mod site;
pub mod sso;
pub mod traces;
pub mod turns;
pub mod web;
