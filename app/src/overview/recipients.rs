//! Who receives reports: of this campaign, and of all. Two forms in one popover.

use domain::limits;
use leptos::prelude::*;

use super::{outgoing::Outgoing, panel::OverviewPage};
use crate::{
    Text,
    components::CloseButton,
    form::{Field, Filled, Form, Kind, Place},
    links,
};

/// Whose list the form is about: [`OF_CAMPAIGN`] or [`OF_ACCOUNT`].
pub const OF: Field = Field::new("of", Text::mail_recipients, Kind::Select(WHOSE)).required().hidden();
const WHOSE: &[(&str, crate::form::Words)] =
    &[(OF_CAMPAIGN, Text::mail_of_campaign), (OF_ACCOUNT, Text::mail_of_account)];
/// The campaign's own recipients.
pub const OF_CAMPAIGN: &str = "campaign";
/// Those of every campaign without its own.
pub const OF_ACCOUNT: &str = "account";

/// The addresses. Both forms have them under this name.
pub const EMAILS: Field = Field::new("emails", Text::mail_of_campaign, Kind::Emails { max: limits::EMAILS })
    .note(Text::mail_emails_of_campaign_hint);

/// The form of the campaign's own recipients.
pub const CAMPAIGN_RECIPIENTS: Form = Form { fields: &[OF, EMAILS], submit: Text::mail_save };

/// The form of the account's recipients.
pub const ACCOUNT_RECIPIENTS: Form = Form {
    fields: &[
        OF,
        Field::new("emails", Text::mail_of_account, Kind::Emails { max: limits::EMAILS }).note(Text::mail_emails_hint),
    ],
    submit: Text::mail_save,
};

/// The popover `report-recipients`.
pub fn popover(page: &OverviewPage, outgoing: &Outgoing) -> AnyView {
    let text = page.text;
    let action = links::recipients(&page.overview.head.id);
    let form = |form: Form, of: &'static str, emails: &[String]| {
        let filled = Filled::default().with(&OF, of).with(&EMAILS, emails.join("\n"));
        form.view(&format!("recipients-{of}"), action.clone(), Place::Sheet, &filled)
    };
    view! {
        <div class="popover popover-end report-recipients" popover id="report-recipients" role="dialog"
            aria-labelledby="report-recipients-title">
            <div class="popover-head">
                <span id="report-recipients-title">{text.mail_recipients()}</span>
                <CloseButton target="report-recipients" />
            </div>
            {form(CAMPAIGN_RECIPIENTS, OF_CAMPAIGN, &outgoing.own)}
            {form(ACCOUNT_RECIPIENTS, OF_ACCOUNT, &outgoing.shared)}
        </div>
    }
    .into_any()
}
