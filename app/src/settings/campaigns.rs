//! The account's campaigns, and the settings of one.

use domain::{Campaign, CampaignId, Day, Tariff};
use leptos::prelude::*;
use store::{
    Conn, PageRequest,
    campaigns::{self, CampaignFilter, CampaignPage},
    recipients, tariffs,
};

use super::{
    campaign_forms::{
        CAMPAIGN, CAMPAIGN_NAME, OWN_EMAILS, OWN_RECIPIENTS, PLAN, PLAN_CALLS, PLAN_FIRST, PLAN_LAST, PLAN_REDIALS,
        PLAN_SECONDS, PLAN_WINDOWS, STATE, plan_seen, recipients_seen, redials_text, windows_text,
    },
    forms::SEEN,
    tariffs::{Listed, form as tariff_form, table as tariff_table},
};
use crate::{
    AppError, Text,
    components::{Asking, Icon, StateBadge},
    form::{Filled, Place},
    links::{self, encoded},
    names::tariff_name,
    session::SignedIn,
    text::messages,
};

/// The most characters of a search.
const MAX_SEARCH: usize = 100;

messages! {
    campaigns_name = "Chiến dịch", "Campaign";
    campaigns_recipients = "Người nhận", "Recipients";
    campaigns_tariff = "Bảng giá", "Tariff";
    campaigns_as_account = "theo tài khoản", "the account's";
    campaigns_none = "Không có chiến dịch nào", "No campaigns";
    campaigns_all = "Mọi chiến dịch", "All campaigns";
    campaigns_report = "Xem báo cáo", "Open its report";
    campaigns_own_recipients = "Người nhận báo cáo", "Recipients of its report";
    campaigns_shared(emails) = "Người nhận chung của tài khoản: {emails}.", "The account's recipients: {emails}.";
    campaigns_plan = "Kế hoạch gọi", "What was planned";
    campaigns_plan_note = "Ghi lại cài đặt của chiến dịch để báo cáo đặt cạnh thực tế. Ringside không điều khiển việc gọi.", "What the campaign was set to do, for its report to say beside what happened. Ringside does not control the dialling.";
    campaigns_own_tariff = "Bảng giá riêng", "The campaign's own tariff";
    campaigns_no_own_tariff = "Chiến dịch đang dùng bảng giá của tài khoản. Đặt bảng giá riêng thì từ ngày ấy chiến dịch không theo bảng giá của tài khoản nữa.", "The campaign is priced by the account's tariff. Once it has its own, it does not follow the account's from that day on.";
    campaigns_search = "Tìm chiến dịch", "Search campaigns";
}

/// What the part shows: all campaigns, or one of them.
pub(super) enum CampaignsPage {
    All { page: Box<CampaignPage>, q: String },
    One(Box<OpenedCampaign>),
}

pub(super) struct OpenedCampaign {
    campaign: Campaign,
    shared: Vec<String>,
    own_tariffs: Listed,
    begin: Option<Tariff>,
}

fn given<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty())
}

pub(super) async fn read(
    conn: &mut Conn,
    who: &SignedIn,
    pairs: &[(String, String)],
) -> Result<CampaignsPage, AppError> {
    let scope = &who.scope;
    let Some(id) = given(pairs, "open") else {
        let q: String = given(pairs, "q").unwrap_or_default().chars().take(MAX_SEARCH).collect();
        let filter = CampaignFilter { q: Some(q.clone()), ..CampaignFilter::default() };
        let request = PageRequest { cursor: given(pairs, "cursor").map(str::to_owned), ..PageRequest::default() };
        return Ok(CampaignsPage::All { page: Box::new(campaigns::list(conn, scope, &filter, &request).await?), q });
    };
    let id = CampaignId::new(id).map_err(|_| AppError::NotFound)?;
    let campaign = campaigns::lookup(conn, scope, &id).await?.ok_or(AppError::NotFound)?.campaign;
    let own_tariffs = Listed::of(who, tariffs::list_of_campaign(conn, scope, &id).await?)?;
    let begin = match own_tariffs.current() {
        Some(own) => Some(own.clone()),
        None => Listed::of(who, tariffs::list(conn, scope).await?)?.current().cloned(),
    };
    let shared = recipients::of_account(conn, scope).await?;
    Ok(CampaignsPage::One(Box::new(OpenedCampaign { campaign, shared, own_tariffs, begin })))
}

/// Name and state, as the form's hidden field and the words for who comes second name them.
pub fn seen(campaign: &Campaign, text: Text) -> String {
    format!("{} · {}", campaign.name, text.state(campaign.state))
}

/// Where the settings of a campaign stand.
pub fn path(id: &CampaignId) -> String {
    links::with_query("/settings/campaigns", [("open", id.as_str())])
}

pub(super) fn view(shown: &CampaignsPage, text: Text) -> AnyView {
    match shown {
        CampaignsPage::All { page, q } => all(page, q, text),
        CampaignsPage::One(opened) => one(opened, text),
    }
}

fn all(page: &CampaignPage, q: &str, text: Text) -> AnyView {
    let rows = page.campaigns.iter().map(|summary| {
        let campaign = &summary.campaign;
        let recipients = match campaign.report_emails.len() {
            0 => text.campaigns_as_account().to_owned(),
            1 => text.recipients_one().to_owned(),
            n => text.recipients_counted(&text.int(n as u64)),
        };
        let tariff = campaign.tariff.as_ref().map(|tariff| tariff_name(tariff, text));
        view! {
            <tr>
                <td class="key"><a class="link" href=path(&campaign.id)>{campaign.name.clone()}</a><small>{campaign.id.to_string()}</small></td>
                <td><StateBadge state=campaign.state /></td>
                <td data-label="Voicebot">{campaign.voicebot.name.clone()}</td>
                <td class="nowrap" data-label=text.campaigns_recipients()>{recipients}</td>
                <td data-label=text.campaigns_tariff()>{tariff.unwrap_or_else(|| text.campaigns_as_account().to_owned())}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let table = if page.campaigns.is_empty() {
        view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="search" /></span>
                <h2>{text.campaigns_none()}</h2>
                {(!q.is_empty()).then(|| view! {
                    <div class="empty-actions"><a class="btn" href="/settings/campaigns">{text.without_filters()}</a></div>
                })}
            </section>
        }
        .into_any()
    } else {
        view! {
            <section class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.settings_campaigns()>
                    <table class="data-table two-line stacked">
                        <thead><tr>
                            <th scope="col">{text.campaigns_name()}</th>
                            <th scope="col">{text.campaign_state()}</th>
                            <th scope="col">"Voicebot"</th>
                            <th scope="col">{text.campaigns_recipients()}</th>
                            <th scope="col">{text.campaigns_tariff()}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any()
    };
    let turn = |cursor: &Option<String>, icon: &'static str, label: &'static str| {
        let href = cursor.clone().map(|cursor| {
            links::with_query(
                "/settings/campaigns",
                [("q", q), ("cursor", &cursor)].into_iter().filter(|(_, value)| !value.is_empty()),
            )
        });
        href.map(|href| view! { <a class="btn" href=href><Icon name=icon />{label}</a> })
    };
    let search = view! {
        <label class="search sm:w-65">
            <Icon name="search" />
            <input type="search" name="q" value=q.to_owned() maxlength=MAX_SEARCH placeholder=text.campaigns_search()
                aria-label=text.campaigns_search() />
        </label>
    };
    view! {
        <div class="stack">
            {Asking::new("/settings/campaigns", "w-full sm:w-auto").search().view(search.into_any())}
            {table}
            <div class="table-foot">
                <span>{text.shown_of(&text.int(page.campaigns.len() as u64), &text.campaigns_counted(page.total))}</span>
                <nav class="button-group" aria-label=text.pages()>
                    {turn(&page.previous, "chevron-left", text.previous_page())}
                    {turn(&page.next, "chevron-right", text.next_page())}
                </nav>
            </div>
        </div>
    }
    .into_any()
}

fn one(opened: &OpenedCampaign, text: Text) -> AnyView {
    let OpenedCampaign { campaign, shared, own_tariffs, begin } = opened;
    let action = |what: &str| format!("/settings/campaigns/{}/{what}", encoded(campaign.id.as_str()));
    let filled = Filled::default()
        .with(&SEEN, seen(campaign, text))
        .with(&CAMPAIGN_NAME, campaign.name.clone())
        .with(&STATE, campaign.state.word());
    let settings = CAMPAIGN.view("campaign-form", action("put"), Place::Sheet, &filled);
    let filled = Filled::default()
        .with(&SEEN, recipients_seen(&campaign.report_emails, text))
        .with(&OWN_EMAILS, campaign.report_emails.join("\n"));
    let plan = campaign.plan.clone().unwrap_or_default();
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let planned = Filled::default()
        .with(&SEEN, plan_seen(campaign.plan.as_ref(), text))
        .with(&PLAN_FIRST, day(plan.first_day))
        .with(&PLAN_LAST, day(plan.last_day))
        .with(&PLAN_WINDOWS, windows_text(&plan.windows))
        .with(&PLAN_CALLS, number(plan.calls_at_once))
        .with(&PLAN_SECONDS, number(plan.longest_call_seconds))
        .with(&PLAN_REDIALS, redials_text(&plan.redials));
    let planned = PLAN.view("plan-form", action("plan"), Place::Sheet, &planned);
    let recipients = OWN_RECIPIENTS.view("recipients-form", action("recipients"), Place::Sheet, &filled);
    let shared = campaign
        .report_emails
        .is_empty()
        .then(|| view! { <p class="text-muted">{text.campaigns_shared(&recipients_seen(shared, text))}</p> });
    let tariffs = if own_tariffs.tariffs.is_empty() {
        view! { <p class="text-muted">{text.campaigns_no_own_tariff()}</p> }.into_any()
    } else {
        tariff_table(own_tariffs, text.campaigns_own_tariff(), false, text)
    };
    view! {
        <div class="stack">
            <p><a class="link" href="/settings/campaigns">{text.campaigns_all()}</a></p>
            <div class="flex flex-wrap items-center gap-3">
                <h2>{campaign.name.clone()}</h2>
                <StateBadge state=campaign.state />
                <code class="text-muted">{campaign.id.to_string()}</code>
                <a class="link" href=links::campaign_path(&campaign.id)>{text.campaigns_report()}</a>
            </div>
            <section class="panel settings-panel">{settings}</section>
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.campaigns_own_recipients()}</h2>
                {recipients}
                {shared}
            </section>
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.campaigns_plan()}</h2>
                <p class="text-muted">{text.campaigns_plan_note()}</p>
                {planned}
            </section>
            <h2>{text.campaigns_own_tariff()}</h2>
            {tariffs}
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.tariffs_new()}</h2>
                {tariff_form(own_tariffs, begin.as_ref(), "tariff-form", action("tariff"), text)}
            </section>
        </div>
    }
    .into_any()
}
