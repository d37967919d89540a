//! The server as its users see it: real requests on a real socket, on both engines.

mod api_batches;
mod api_calls;
mod api_customers;
mod api_recordings;
mod api_vocabulary;
mod bad_input;
mod commands;
mod crash;
mod description;
mod harness;
mod live;
mod mail;
mod mail_crash;
mod many_at_once;
mod personal_data;
mod recount;
mod s3;
mod security;
mod signing_in;
mod strangers;
mod usage;
mod workbooks;
