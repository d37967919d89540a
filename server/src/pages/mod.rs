//! What people open.

mod app;
mod call_notes;
mod campaigns;
mod compare;
mod dimensions;
mod exports;
mod first_start;
pub mod framed;
mod hooks;
mod imports;
mod jobs;
mod live;
mod mail;
pub mod missing;
mod notes;
mod operator;
mod recording;
mod recording_fetches;
mod result_codes;
mod settings;
mod signing_in;
mod usage;
pub mod whose;
pub mod whose_form;

use crate::web::routes::Routes;

pub use self::app::not_found;

/// All routes of people.
pub fn routes() -> Routes {
    app::routes()
        .merge(signing_in::routes())
        .merge(recording::routes())
        .merge(exports::routes())
        .merge(imports::routes())
        .merge(mail::routes())
        .merge(result_codes::routes())
        .merge(settings::routes())
        .merge(notes::routes())
        .merge(call_notes::routes())
        .merge(jobs::routes())
        .merge(hooks::routes())
        .merge(recording_fetches::routes())
        .merge(usage::routes())
        .merge(campaigns::routes())
        .merge(compare::routes())
        .merge(dimensions::routes())
        .merge(live::routes())
        .merge(operator::routes())
        .merge(first_start::routes())
}
