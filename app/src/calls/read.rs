//! Reads a page of calls and an opened call from the store and puts them into words.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    Call, CallClass, CallFilter, CallId, CampaignId, Code, Currency, DateRange, Language, Money, Period, ResultCode,
    Role, Speaker, Tariff, Timestamp, Voicebot,
    call::PricedBy,
    format, phone,
    report::CallCounts,
    time::{LocalTime, Zone},
};
use leptos::prelude::*;
use store::{Conn, PageRequest, calls, campaigns, result_codes, tariffs, usage, voicebots};

use super::{
    address::CallsAddress,
    list::{
        Attempt, CallList, CallRow, Charge, CodeShown, ListHead, Moment, MomentKind, OpenedCall, Standing,
        StandingCounts, Sums, Turn,
    },
};
use crate::{
    AppError, AppState, Session, Text,
    campaign_head::{CampaignHead, CampaignHeader, CampaignTabs, Tab},
    components::{Icon, PeriodPicker},
    links,
    server_page::rendered,
    session::{Preferences, SignedIn},
    state::zone_of,
};

/// Rows of a page.
const PAGE_SIZE: u32 = 50;

/// What stands around the rows, and differs between a campaign's list and the account's.
struct Around {
    head: ListHead,
    codes: Vec<(CodeShown, u64)>,
    attempts: Vec<(u32, Option<u64>)>,
    /// All calls of the period.
    standings: StandingCounts,
}

/// A page of a campaign's calls, or of the account's.
pub async fn list(who: &SignedIn, campaign: Option<CampaignId>, query: &str) -> Result<CallList, AppError> {
    let address = CallsAddress::read(campaign, query).map_err(AppError::invalid)?;
    let state = AppState::get()?;
    let mut conn = state.db.read().await?;
    let codes = result_codes::list(&mut conn, &who.scope).await?;
    let words = Words::new(who, &codes);
    let today = state.today(words.zone);
    let (campaign, filter) = (address.campaign.as_ref(), &address.filter);

    let asked = PageRequest { limit: PAGE_SIZE, cursor: address.cursor.clone(), details: false };
    let page = calls::page(&mut conn, &who.scope, campaign, filter, today, &asked).await?;
    let page = page.ok_or(AppError::NotFound)?;
    let range = filter.period.resolve(today);
    let bots = voicebots::list(&mut conn, &who.scope).await?;
    let around = match campaign {
        Some(campaign) => around_campaign(&state, who, campaign, &address, &words).await?,
        None => around_account(&mut conn, who, &address, &words, &codes, &bots, state.now()).await?,
    };
    let rest = CallFilter { classes: vec![], ..filter.clone() };
    let standings = if rest.is_narrowed() {
        let counts = calls::count_by_class(&mut conn, &who.scope, campaign, &rest, today).await?;
        StandingCounts::from(counts.ok_or(AppError::NotFound)?)
    } else {
        around.standings
    };
    let names = if campaign.is_some() {
        HashMap::new()
    } else {
        let of_page: BTreeSet<&CampaignId> = page.calls.iter().map(|call| &call.campaign).collect();
        campaigns::names(&mut conn, &who.scope, of_page).await?
    };
    let is_day_known = range.is_some_and(|range| range.days() == 1);
    let row = |call: &Call| CallRow { is_day_known, campaign: names.get(&call.campaign).cloned(), ..words.row(call) };
    let rows: Vec<CallRow> = page.calls.iter().map(row).collect();
    let contact = filter
        .contact
        .as_ref()
        .map(|id| rows.first().and_then(|row| row.who().map(str::to_owned)).unwrap_or_else(|| id.to_string()));
    let chosen = bots.into_iter().filter(|bot| filter.voicebots.contains(&bot.id)).map(|bot| bot.name);
    let chosen = chosen.collect::<Vec<_>>().join(", ");
    let (shown_in, asked_for) = (Session::of_request(), address.clone());
    Ok(CallList {
        chooser: rendered(shown_in, move || super::chooser::chooser(&asked_for)),
        head: around.head,
        query: query.to_owned(),
        rows,
        previous: page.previous,
        next: page.next,
        page_size: PAGE_SIZE,
        sums: Sums {
            calls: page.total,
            customers: page.sums.customers.map(|n| words.customers(n)),
            talk: words.total(page.sums.talk_time),
            blocks: format::integer(page.sums.blocks, words.language),
            cost: format::money(page.sums.cost, &words.currency, words.language),
        },
        standings,
        codes: around.codes,
        attempts: around.attempts,
        voicebots: chosen,
        calls_in_period: around.standings.all,
        contact,
        masked: words.masked,
    })
}

/// The campaign's head, and what its report counts anyway.
async fn around_campaign(
    state: &AppState,
    who: &SignedIn,
    campaign: &CampaignId,
    address: &CallsAddress,
    words: &Words,
) -> Result<Around, AppError> {
    let head = CampaignHead::read(state, who, campaign).await?;
    let range = address.filter.period.resolve(head.today());
    let period = state.reports.get(&state.db, &who.scope, campaign, range, state.now()).await?;
    let period = period.ok_or(AppError::NotFound)?;
    let shown = range.or_else(|| Some(DateRange { from: period.from?, to: period.to? }));
    let standings = StandingCounts::from(period.calls);
    Ok(Around {
        head: over_the_list(head, address, shown, standings.all),
        codes: period.by_code.iter().map(|count| (words.code(&count.code), count.calls)).collect(),
        attempts: period.by_attempt.iter().map(|result| (result.attempt, Some(result.calls))).collect(),
        standings,
    })
}

/// Attempts to choose from in the list of the account, where they are not counted: more are rarely made.
const ATTEMPTS_OFFERED: u32 = 5;

/// The head of the account's list, and its calls of the period by code.
async fn around_account(
    conn: &mut Conn,
    who: &SignedIn,
    address: &CallsAddress,
    words: &Words,
    defined: &[ResultCode],
    bots: &[Voicebot],
    now: Timestamp,
) -> Result<Around, AppError> {
    let now = words.local(now);
    let filter = &address.filter;
    let all = CallFilter { period: filter.period, voicebots: filter.voicebots.clone(), ..CallFilter::default() };
    let counts = calls::count_by_code(conn, &who.scope, None, &all, now.day()).await?.unwrap_or_default();
    let standings =
        StandingCounts::from(CallCounts::by_code(counts.iter().map(|(code, calls)| (code.as_str(), *calls))));
    let unused = defined.iter().map(|code| (code.code.clone(), 0));
    let used = counts.iter().filter_map(|(code, calls)| Some((Code::new(code.as_str()).ok()?, *calls)));
    let mut codes: BTreeMap<Code, u64> = unused.collect();
    codes.extend(used);
    let mut codes: Vec<(CodeShown, u64)> = codes.into_iter().map(|(code, calls)| (words.code(&code), calls)).collect();
    codes.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    let days = usage::days(conn, &who.scope).await?;
    Ok(Around {
        head: over_the_accounts_list(who, address, bots, days, now),
        codes,
        attempts: (1..=ATTEMPTS_OFFERED).map(|attempt| (attempt, None)).collect(),
        standings,
    })
}

/// The head of the account's list: its name, one voicebot or all, and the period. Each keeps the rest of the filter.
fn over_the_accounts_list(
    who: &SignedIn,
    address: &CallsAddress,
    bots: &[Voicebot],
    days: Option<DateRange>,
    now: LocalTime,
) -> ListHead {
    let (session, filter, today) = (Session::of_request(), &address.filter, now.day());
    let text = Text(session.language);
    let shown = filter.period.resolve(today).or(days);
    // New calls are dialled now: a list of other days does not wait for them.
    let live = filter.period.resolve(today).is_none_or(|range| range.contains(today)).then(|| "/live".to_owned());
    let named = |pairs: Vec<(&'static str, String)>| {
        let pairs = pairs.into_iter().chain(address.column_pairs());
        pairs.map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>()
    };
    let keep = named(CallFilter { period: Period::Whole, ..filter.clone() }.to_pairs());
    let keep_of_bots = named(CallFilter { voicebots: vec![], ..filter.clone() }.to_pairs());
    let hidden = keep_of_bots.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let hidden = hidden.collect_view();
    let chosen = filter.voicebots.clone();
    let options = bots.iter().map(|bot| {
        let selected = chosen.contains(&bot.id);
        view! { <option value=bot.id.to_string() selected=selected>{bot.name.clone()}</option> }
    });
    let options = options.collect_view();
    let (path, period, zone) = (address.path(), filter.period, who.account.timezone.clone());
    let html = rendered(session, move || {
        view! {
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>{text.account_calls()}</h1></div>
                    <div class="page-meta">
                        <span>{text.account_calls_lead()}</span>
                        <span><Icon name="globe" />{zone}</span>
                    </div>
                </div>
            </header>
            <div class="flex flex-wrap items-center gap-2">
                <form method="get" action=path.clone() class="flex items-center gap-2">
                    {hidden}
                    <select class="select" name="voicebot" aria-label=text.voicebot_label()>
                        <option value="">{text.all_voicebots()}</option>
                        {options}
                    </select>
                    <button class="btn" type="submit">{text.show()}</button>
                </form>
                <div class="ml-auto max-w-full">
                    <PeriodPicker path keep period shown today whole=text.all_days() />
                </div>
            </div>
        }
        .into_any()
    });
    ListHead { campaign: None, title: text.page_title(text.account_calls()), html, live }
}

/// The campaign's head, the tabs and the period, which keeps the rest of the filter.
fn over_the_list(head: CampaignHead, address: &CallsAddress, shown: Option<DateRange>, listed: u64) -> ListHead {
    let (session, filter) = (Session::of_request(), &address.filter);
    let text = Text(session.language);
    let (id, live, customers) = (head.id.clone(), head.live(), head.customers);
    let title = text.page_title(&format!("{} · {}", text.call_details(), head.name));
    let path = address.path();
    let keep = CallFilter { period: Period::Whole, ..filter.clone() }.to_pairs();
    let keep = keep.into_iter().chain(address.column_pairs());
    let keep = keep.map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>();
    let (today, period, of) = (head.today(), filter.period, id.clone());
    let html = rendered(session, move || {
        view! {
            // The report's files have every call of the period; those of the filter are beside the table.
            <CampaignHeader head period />
            <div class="page-bar">
                <CampaignTabs id=of tab=Tab::Calls period listed customers />
                <PeriodPicker path keep period shown today whole=text.whole_campaign() />
            </div>
        }
        .into_any()
    });
    ListHead { campaign: Some(id), title, html, live }
}

impl From<CallCounts> for StandingCounts {
    fn from(counts: CallCounts) -> Self {
        Self {
            all: counts.total + counts.in_progress,
            success: counts.success,
            failed: counts.failed,
            error: counts.error,
            in_progress: counts.in_progress,
        }
    }
}

/// A call as it is shown when its row is opened. On a campaign's list it must be one of that campaign.
pub async fn opened(who: &SignedIn, campaign: Option<&CampaignId>, id: &CallId) -> Result<OpenedCall, AppError> {
    let state = AppState::get()?;
    let mut conn = state.db.read().await?;
    let call = calls::lookup(&mut conn, &who.scope, id).await?.ok_or(AppError::NotFound)?;
    if campaign.is_some_and(|campaign| call.campaign != *campaign) {
        return Err(AppError::NotFound);
    }
    let words = Words::new(who, &result_codes::list(&mut conn, &who.scope).await?);
    let mut attempts = match &call.contact.id {
        Some(contact) => calls::of_contact(&mut conn, &who.scope, &call.campaign, contact).await?,
        None => vec![call.clone()],
    };
    attempts.sort_by_key(|call| (call.attempt, call.dialed_at));
    let of = campaigns::lookup(&mut conn, &who.scope, &call.campaign).await?.map(|summary| summary.campaign);
    let beside = of.as_ref().filter(|_| campaign.is_none());
    let beside = beside.map(|of| (links::campaign_path(&of.id), of.name.clone()));
    let own = of.and_then(|campaign| campaign.tariff);
    let defaults = tariffs::list(&mut conn, &who.scope).await?;
    let charge = words.charge(&call, own.iter().chain(&defaults));
    Ok(OpenedCall { campaign: beside, ..words.opened(&call, &attempts, charge) })
}

/// The reader's language, zone and rights: everything that turns a call into what they see.
struct Words {
    text: Text,
    language: Language,
    zone: Zone,
    currency: Currency,
    masked: bool,
    codes: HashMap<String, ResultCode>,
}

impl Words {
    fn new(who: &SignedIn, codes: &[ResultCode]) -> Self {
        let language = Preferences::get().language;
        Self {
            text: Text(language),
            language,
            zone: zone_of(&who.account),
            currency: who.account.currency.clone(),
            // A masked number never leaves the server: the browser gets what is shown.
            masked: !who.scope.role().may(Role::Manager),
            codes: codes.iter().map(|code| (code.code.to_string(), code.clone())).collect(),
        }
    }

    fn local(&self, at: Timestamp) -> LocalTime {
        self.zone.local(at)
    }

    fn code(&self, code: &domain::Code) -> CodeShown {
        let known = self.codes.get(code.as_str());
        CodeShown {
            code: code.clone(),
            label: known
                .map_or_else(|| code.to_string(), |known| self.language.pick(&known.label_vi, &known.label_en).clone()),
            class: CallClass::of(code.as_str()),
            defined: known.is_some(),
        }
    }

    fn row(&self, call: &Call) -> CallRow {
        let dialed = self.local(call.dialed_at);
        let phone = call.contact.phone.as_deref();
        let ended = call.ended_at.is_some();
        let talked = call.class == Some(CallClass::Success) && call.talk_time > 0;
        let ring = match (call.class, call.ended_at) {
            (Some(CallClass::Success), _) => call.dial_time,
            (Some(_), Some(end)) => Some(end.0 - call.dialed_at.0),
            _ => None,
        };
        CallRow {
            id: call.id.clone(),
            time: format::time_with_seconds(dialed),
            day: format::day_month(dialed.day(), self.language),
            is_day_known: false,
            campaign: None,
            name: call.contact.name.clone().filter(|name| !name.trim().is_empty()),
            phone: phone.map(|phone| if self.masked { phone::masked(phone) } else { phone.to_owned() }),
            attempt: call.attempt,
            standing: call.class.map_or(Standing::InProgress, Standing::Ended),
            code: call.result_code.as_ref().map(|code| self.code(code)),
            ring: ring.map(|ms| format!("{}\u{a0}s", format::integer((ms + 500) / 1_000, self.language))),
            talk: talked.then(|| format::clock_duration(call.talk_time)),
            messages: call.bot_messages.map(|n| format::integer(i64::from(n), self.language)),
            blocks: ended.then(|| format::integer(call.blocks, self.language)),
            cost: ended.then(|| self.money(call.cost, &call.currency)),
            is_free: call.cost == Money::ZERO,
            recording: call.recording.as_ref().map(|recording| recording.duration.unwrap_or(0)),
        }
    }

    /// A number of customers and its unit.
    fn customers(&self, n: u64) -> (String, String) {
        (self.text.int(n), self.text.customers_unit(n).to_owned())
    }

    fn money(&self, amount: Money, currency: &Currency) -> String {
        format::money(amount, currency, self.language)
    }

    /// A sum of talk times; no talk at all is no tenth of a second either.
    fn total(&self, ms: i64) -> String {
        if ms == 0 { format::seconds(0, self.language) } else { format::total_duration(ms, self.language) }
    }

    /// Seconds to a tenth, without the tenth where it is none: what blocks are counted from.
    fn seconds(&self, ms: i64) -> String {
        let tenths = (ms.max(0) + 50) / 100;
        let number = if tenths % 10 == 0 {
            format::integer(tenths / 10, self.language)
        } else {
            format::decimal(tenths, 1, self.language)
        };
        format!("{number}\u{a0}{}", self.language.pick("giây", "s"))
    }

    fn opened(&self, call: &Call, attempts: &[Call], charge: Option<Charge>) -> OpenedCall {
        let turns = call.transcript.as_ref().filter(|lines| !lines.is_empty()).map(|lines| {
            lines
                .iter()
                .map(|line| Turn {
                    at: line.at,
                    // The start of a line is never rounded up into the next second: the player would be there too late.
                    time: format::clock_duration(line.at / 1_000 * 1_000),
                    is_bot: line.speaker == Speaker::Bot,
                    text: line.text.clone(),
                })
                .collect()
        });
        OpenedCall {
            row: self.row(call),
            campaign: None,
            moments: self.moments(call),
            attempts: attempts.iter().map(|attempt| self.attempt(attempt)).collect(),
            transcript: turns,
            charge,
            kept_by_sender: call.recording.is_none() && call.recording_url.is_some(),
        }
    }

    fn attempt(&self, call: &Call) -> Attempt {
        let dialed = self.local(call.dialed_at);
        let talked = call.class == Some(CallClass::Success) && call.talk_time > 0;
        Attempt {
            id: call.id.clone(),
            number: call.attempt,
            code: call.result_code.as_ref().map(|code| self.code(code)),
            when: format!("{} {}", format::day_month(dialed.day(), self.language), format::time(dialed)),
            talk: talked.then(|| format::clock_duration(call.talk_time)),
        }
    }

    fn moments(&self, call: &Call) -> Vec<Moment> {
        let text = self.text;
        let clock = |at: Timestamp| format::time_with_seconds(self.local(at));
        let short = |ms: i64| format::short_duration(ms, self.language);
        let began = self.local(call.dialed_at);
        let mut moments = vec![Moment {
            icon: MomentKind::Dialled,
            what: text.dialling_began().to_owned(),
            note: format!("{} · {}", format::time_with_seconds(began), format::date(began.day(), self.language)),
        }];
        let answered = call.answered_at.filter(|_| call.class.is_none_or(|class| class == CallClass::Success));
        if let Some(answered) = answered {
            moments.push(Moment {
                icon: MomentKind::Answered,
                what: text.customer_answered().to_owned(),
                note: format!("{} · {}", clock(answered), text.rang_for(&short(answered.0 - call.dialed_at.0))),
            });
            let lines = call.transcript.as_deref().unwrap_or_default();
            if let Some(first) = lines.iter().find(|line| line.speaker == Speaker::Bot) {
                moments.push(Moment {
                    icon: MomentKind::BotSpoke,
                    what: text.bot_spoke().to_owned(),
                    note: format!(
                        "{} · {}",
                        clock(Timestamp(answered.0 + first.at)),
                        text.after_answer(&short(first.at))
                    ),
                });
            }
        }
        moments.push(match call.ended_at {
            Some(ended) => {
                let took = match answered {
                    Some(answered) => text.talked_for(&short(ended.0 - answered.0)),
                    None => text.not_answered_after(&short(ended.0 - call.dialed_at.0)),
                };
                let cause = call.cause.as_deref().map(|cause| format!(" · {}", text.cause(cause))).unwrap_or_default();
                Moment {
                    icon: MomentKind::Ended,
                    what: call
                        .hangup_by
                        .map_or_else(|| text.call_ended().to_owned(), |who| text.ended_by(text.hangup_by(who))),
                    note: format!("{} · {took}{cause}", clock(ended)),
                }
            }
            None => Moment { icon: MomentKind::Live, what: text.still_in_progress().to_owned(), note: String::new() },
        });
        moments
    }

    /// How the cost came about. The price of a block is told only by a tariff that gives exactly what was charged:
    /// a call keeps its price when its tariff is changed.
    fn charge<'a>(&self, call: &Call, tariffs: impl Iterator<Item = &'a Tariff>) -> Option<Charge> {
        if call.class != Some(CallClass::Success) || (call.talk_time <= 0 && call.blocks == 0) {
            return None;
        }
        let money = |amount| self.money(amount, &call.currency);
        let unit = self.language.pick("block", if call.blocks == 1 { "block" } else { "blocks" });
        let blocks = format!("{}\u{a0}{unit}", format::integer(call.blocks, self.language));
        let by_sender = call.priced_by == PricedBy::Sender;
        let charged = |tariff: &&Tariff| {
            tariff.effective_from <= call.dialed_at
                && tariff.currency == call.currency
                && tariff.blocks(call.talk_time) == call.blocks
                && tariff.cost(call.blocks) == call.cost
        };
        let tariff = tariffs.filter(charged).max_by_key(|tariff| tariff.effective_from).filter(|_| !by_sender);
        let prices = match tariff {
            Some(tariff) if call.blocks == 1 || tariff.price_first_block == tariff.price_next_block => {
                format!(" × {}", money(tariff.price_first_block))
            }
            Some(tariff) => format!(
                ": {} + {} × {}",
                money(tariff.price_first_block),
                format::integer(call.blocks - 1, self.language),
                money(tariff.price_next_block)
            ),
            None => String::new(),
        };
        let steps = format!("{} → {blocks}{prices}", self.seconds(call.talk_time));
        Some(Charge { steps, cost: money(call.cost), by_sender })
    }
}

#[cfg(test)]
mod tests {
    use domain::{Account, Code, ContactRef, VoicebotId, call::Recording};
    use store::Scope;

    use super::*;

    fn words(role: Role) -> Words {
        let account = Account {
            id: 1,
            name: "An Tâm".to_owned(),
            timezone: "Asia/Ho_Chi_Minh".to_owned(),
            currency: Currency::vnd(),
            language: Language::Vi,
        };
        #[expect(clippy::disallowed_methods, reason = "nobody's scope")]
        let scope = Scope::of_user(1, 1, role);
        let who = SignedIn { scope, account, name: String::new(), email: String::new() };
        let code = |code: &str, vi: &str| ResultCode {
            code: Code::new(code).unwrap(),
            label_vi: vi.to_owned(),
            label_en: code.to_owned(),
            color: None,
            is_goal: false,
        };
        Words::new(&who, &[code("DY", "Đồng ý"), code("NA", "Không trả lời")])
    }

    /// 14:43:37 on 11 November 2026 in Ho Chi Minh City.
    const DIALED: i64 = 1_794_383_017_000;

    fn call(code: Option<&str>, talk_time: i64) -> Call {
        let class = code.map(CallClass::of);
        let answered = class == Some(CallClass::Success);
        let dialed_at = Timestamp(DIALED);
        Call {
            id: CallId::new("c-1").unwrap(),
            campaign: CampaignId::new("tet").unwrap(),
            voicebot: VoicebotId::new("bot").unwrap(),
            contact: ContactRef { id: None, phone: Some("+84912345207".to_owned()), name: Some(" ".to_owned()) },
            attempt: 3,
            dialed_at,
            answered_at: answered.then_some(Timestamp(DIALED + 9_000)),
            ended_at: code.map(|_| Timestamp(DIALED + 9_000 + talk_time)),
            result_code: code.map(|code| Code::new(code).unwrap()),
            class,
            talk_time: if answered { talk_time } else { 0 },
            dial_time: answered.then_some(9_000),
            bot_messages: None,
            hangup_by: None,
            cause: None,
            blocks: 0,
            cost: Money::ZERO,
            currency: Currency::vnd(),
            priced_by: PricedBy::Tariff,
            recording_url: None,
            recording: None,
            transcript: None,
            attributes: None,
        }
    }

    fn tariff(price_first: i64, price_next: i64, effective_from: i64) -> Tariff {
        Tariff {
            first_block_seconds: 30,
            next_block_seconds: 30,
            price_first_block: Money::units(price_first),
            price_next_block: Money::units(price_next),
            currency: Currency::vnd(),
            effective_from: Timestamp(effective_from),
        }
    }

    fn charged(call: &Call, tariffs: &[Tariff]) -> String {
        let charge = words(Role::Owner).charge(call, tariffs.iter()).unwrap();
        format!("{} = {}", charge.steps, charge.cost).replace('\u{a0}', " ")
    }

    #[test]
    fn a_charge_shows_how_it_came_about() {
        let call = Call { blocks: 2, cost: Money::units(640), ..call(Some("DY"), 55_000) };
        assert_eq!(charged(&call, &[tariff(320, 320, 0)]), "55 giây → 2 block × 320 ₫ = 640 ₫");
        assert_eq!(charged(&call, &[tariff(500, 140, 0)]), "55 giây → 2 block: 500 ₫ + 1 × 140 ₫ = 640 ₫");
    }

    #[test]
    fn a_price_is_told_only_where_it_gives_what_was_charged() {
        let call = Call { blocks: 2, cost: Money::units(640), ..call(Some("DY"), 55_400) };
        for tariffs in [vec![], vec![tariff(400, 400, 0)], vec![tariff(320, 320, DIALED + 1)]] {
            assert_eq!(charged(&call, &tariffs), "55,4 giây → 2 block = 640 ₫", "{tariffs:?}");
        }
        let sent = Call { priced_by: PricedBy::Sender, ..call };
        assert_eq!(charged(&sent, &[tariff(320, 320, 0)]), "55,4 giây → 2 block = 640 ₫");
    }

    #[test]
    fn a_call_that_nobody_answered_is_not_charged() {
        assert_eq!(words(Role::Owner).charge(&call(Some("NA"), 29_000), std::iter::empty()), None);
        assert_eq!(words(Role::Owner).charge(&call(None, 0), std::iter::empty()), None);
    }

    #[test]
    fn a_viewer_gets_masked_numbers_and_a_manager_whole_ones() {
        let phone = |role| words(role).row(&call(Some("DY"), 1_000)).phone;
        assert_eq!(phone(Role::Viewer).as_deref(), Some("0912 ••• 207"));
        for role in [Role::Manager, Role::Owner] {
            assert_eq!(phone(role).as_deref(), Some("+84912345207"));
        }
    }

    #[test]
    fn a_row_says_what_is_known_and_leaves_out_what_does_not_apply() {
        let row = words(Role::Owner).row(&call(Some("NA"), 29_000));
        assert_eq!((row.time.as_str(), row.day.as_str()), ("14:43:37", "11/11"));
        assert_eq!((row.name, row.talk, row.messages, row.recording), (None, None, None, None));
        assert_eq!(row.ring.as_deref(), Some("38\u{a0}s"), "until the end where nobody answered");
        assert_eq!((row.blocks.as_deref(), row.is_free), (Some("0"), true));
        let row = words(Role::Owner).row(&call(None, 0));
        assert_eq!((row.standing, row.ring, row.blocks, row.cost), (Standing::InProgress, None, None, None));
        let recording = Recording { content_type: "audio/wav".to_owned(), bytes: 1, duration: None };
        let row = words(Role::Owner).row(&Call { recording: Some(recording), ..call(Some("XX"), 1_000) });
        assert_eq!(row.recording, Some(0), "a recording of unknown length is still one");
        assert_eq!(
            row.code.map(|code| (code.label.clone(), code.defined, code.tone())),
            Some(("XX".to_owned(), false, "is-failed"))
        );
    }

    #[test]
    fn the_timeline_tells_what_happened_and_nothing_else() {
        let told = |call: &Call| {
            let moments = words(Role::Owner).moments(call).into_iter();
            moments.map(|moment| format!("{}: {}", moment.what, moment.note).replace('\u{a0}', " ")).collect::<Vec<_>>()
        };
        let line = |at, speaker| domain::TranscriptLine { at, speaker, text: "…".to_owned() };
        let answered = Call {
            hangup_by: Some(domain::HangupBy::Customer),
            cause: Some("16".to_owned()),
            transcript: Some(vec![line(100, Speaker::Customer), line(600, Speaker::Bot)]),
            ..call(Some("DY"), 55_000)
        };
        assert_eq!(
            told(&answered),
            [
                "Bắt đầu quay số: 14:43:37 · 11/11/2026",
                "Khách nghe máy: 14:43:46 · đổ chuông 9,0 giây",
                "Voicebot nói câu đầu: 14:43:46 · sau 0,6 giây",
                "Kết thúc, khách gác máy: 14:44:41 · đàm thoại 55,0 giây · nguyên nhân 16",
            ]
        );
        assert_eq!(
            told(&call(Some("NA"), 29_000)),
            ["Bắt đầu quay số: 14:43:37 · 11/11/2026", "Kết thúc: 14:44:15 · sau 38,0 giây"]
        );
        assert_eq!(told(&call(None, 0)).last().map(String::as_str), Some("Đang gọi: "));
    }
}
