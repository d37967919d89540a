//! Puts calls into words: what a reader sees of a row and of an opened call, in their language and zone, with their rights.

use std::collections::HashMap;

use domain::{
    Call, CallClass, CallId, Currency, Language, Money, ResultCode, Speaker, Tariff, Timestamp,
    call::{PricedBy, RecordingFetchStatus},
    format,
    outcome::is_answered,
    time::{LocalTime, Zone},
};

use store::recording_fetches::Fetch;

use super::list::{Attempt, CallRow, Charge, CodeShown, Moment, MomentKind, OpenedCall, Standing, TranscriptTurn};
use crate::{
    Text,
    cause::{capitalised, in_words, title},
    session::{Preferences, SignedIn},
};

/// Whether a call is over and the customer answered it, whatever its code counts as.
fn was_answered(call: &Call) -> bool {
    call.result_code.as_ref().is_some_and(|code| is_answered(code.as_str()))
}

/// The reader's language, zone and rights: everything that turns a call into what they see.
pub(crate) struct CallWords {
    pub(super) text: Text,
    pub(crate) language: Language,
    pub(crate) zone: Zone,
    pub(crate) currency: Currency,
    pub(super) masked: bool,
    codes: HashMap<String, ResultCode>,
}

impl CallWords {
    pub(crate) fn new(who: &SignedIn, codes: &[ResultCode]) -> Self {
        let language = Preferences::get().language;
        Self {
            text: Text(language),
            language,
            zone: who.account.zone,
            currency: who.account.currency.clone(),
            masked: who.scope.sight().is_masked(),
            codes: codes.iter().map(|code| (code.code.to_string(), code.clone())).collect(),
        }
    }

    pub(super) fn local(&self, at: Timestamp) -> LocalTime {
        self.zone.local(at)
    }

    pub(crate) fn code(&self, code: &domain::Code) -> CodeShown {
        let known = self.codes.get(code.as_str());
        CodeShown {
            code: code.clone(),
            label: known
                .map_or_else(|| code.to_string(), |known| self.language.pick(&known.label_vi, &known.label_en).clone()),
            class: known.map_or_else(|| CallClass::unless_changed(code.as_str()), |known| known.counts_as),
            defined: known.is_some(),
        }
    }

    pub(crate) fn row(&self, call: &Call) -> CallRow {
        let dialed = self.local(call.dialed_at);
        let ended = call.ended_at.is_some();
        let talked = was_answered(call) && call.talk_time > 0;
        let ring = match (call.class, call.ended_at) {
            (Some(_), _) if was_answered(call) => call.dial_time,
            (Some(_), Some(end)) => Some(end.0 - call.dialed_at.0),
            _ => None,
        };
        CallRow {
            id: CallId::clone(&call.id),
            time: format::time_with_seconds(dialed),
            day: format::day_month(dialed.day(), self.language),
            is_day_known: false,
            campaign: None,
            name: call.contact.name().filter(|name| !name.trim().is_empty()).map(str::to_owned),
            phone: call.contact.phone().map(ToString::to_string),
            attempt: call.attempt,
            standing: call.class.map_or(Standing::InProgress, Standing::Ended),
            code: call.result_code.as_ref().map(|code| self.code(code)),
            ring: ring.map(|ms| format!("{}\u{a0}s", format::integer((ms + 500) / 1_000, self.language))),
            talk: talked.then(|| format::clock_duration(call.talk_time)),
            messages: call.bot_messages.map(|n| format::integer(i64::from(n), self.language)),
            blocks: ended.then(|| format::integer(call.blocks, self.language)),
            cost: ended.then(|| self.money(call.cost, &call.currency)),
            is_free: call.cost == Money::ZERO,
            hangup_by: call.hangup_by.map(|who| capitalised(self.text.hangup_by(who))),
            cause: call.cause.as_deref().map(|cause| title(cause, self.text)),
            own: self.own(call),
            recording: call.recording.as_ref().map(|recording| recording.duration.unwrap_or(0)),
            is_noted: call.is_noted,
        }
    }

    /// Its values of the account's own dimensions: `Kịch bản: v4 · Danh sách: A`.
    fn own(&self, call: &Call) -> Option<String> {
        let named = call.own.iter().map(|own| {
            let value = own.text.as_deref().unwrap_or(self.text.own_other());
            format!("{}: {value}", own.dimension.label(self.language))
        });
        Some(named.collect::<Vec<_>>().join(" · ")).filter(|own| !own.is_empty())
    }

    /// A number of customers and its unit.
    pub(super) fn customers(&self, n: u64) -> (String, String) {
        (self.text.int(n), self.text.customers_unit(n).to_owned())
    }

    pub(crate) fn money(&self, amount: Money, currency: &Currency) -> String {
        format::money(amount, currency, self.language)
    }

    /// A sum of talk times.
    pub(crate) fn total(&self, ms: i64) -> String {
        format::total_duration(ms, self.language)
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

    pub(super) fn opened(&self, call: &Call, attempts: &[Call], charge: Option<Charge>) -> OpenedCall {
        let turns = call.transcript.as_ref().filter(|lines| !lines.is_empty()).map(|lines| {
            lines
                .iter()
                .map(|line| TranscriptTurn {
                    at: line.at,
                    // The start of a line is never rounded up into the next second: the player would be there too late.
                    time: format::clock_duration(line.at / 1_000 * 1_000),
                    is_bot: line.speaker == Speaker::Bot,
                    text: line.text.as_str().to_owned(),
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
            fetching: None,
            may_fetch_again: false,
            notes: String::new(),
        }
    }

    /// Where the fetching of a recording that is not there stands.
    pub(super) fn fetching(&self, fetch: &Fetch) -> Option<String> {
        let text = self.text;
        let why = |reason| text.fetch_reason(reason);
        match (fetch.status, fetch.reason) {
            (RecordingFetchStatus::Stored, _) | (RecordingFetchStatus::Failed, None) => None,
            (RecordingFetchStatus::Waiting, None) => Some(text.recording_waits().to_owned()),
            (RecordingFetchStatus::Waiting, Some(reason)) => Some(text.recording_not_yet(&why(reason))),
            (RecordingFetchStatus::Failed, Some(reason)) => Some(text.recording_given_up(&why(reason))),
        }
    }

    fn attempt(&self, call: &Call) -> Attempt {
        let dialed = self.local(call.dialed_at);
        let talked = was_answered(call) && call.talk_time > 0;
        Attempt {
            id: CallId::clone(&call.id),
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
        let answered = call.answered_at.filter(|_| call.class.is_none() || was_answered(call));
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
                let cause =
                    call.cause.as_deref().map(|cause| format!(" · {}", in_words(cause, text))).unwrap_or_default();
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
    pub(super) fn charge<'a>(&self, call: &Call, tariffs: impl Iterator<Item = &'a Tariff>) -> Option<Charge> {
        if !was_answered(call) || (call.talk_time <= 0 && call.blocks == 0) {
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
    use domain::{
        Account, CampaignId, Code, Country, Role, ShownContact, Sight, VoicebotId,
        call::Recording,
        sight::{CallPlace, ContactPlace, Mask, ShownLine, ShownText, StoredContact},
    };
    use store::Scope;

    use super::*;

    fn words(role: Role) -> CallWords {
        let account = Account {
            id: 1,
            name: "An Tâm".to_owned(),
            registered: "An Tâm".to_owned(),
            zone: Zone::HO_CHI_MINH,
            currency: Currency::vnd(),
            language: Language::Vi,
            country: Country::VIETNAM,
            short_call: domain::histogram::ShortCall::default(),
            pricing_again: false,
            without_price: false,
        };
        #[expect(clippy::disallowed_methods, reason = "nobody's scope")]
        let scope = Scope::of_user(1, 1, role);
        let who = SignedIn {
            scope,
            account,
            name: String::new(),
            email: String::new(),
            session: [0; 32],
            is_operator: false,
            until: None,
            near: Vec::new(),
            notices: String::new(),
        };
        let code = |code: &str, vi: &str| ResultCode {
            code: Code::new(code).unwrap(),
            label_vi: vi.to_owned(),
            label_en: code.to_owned(),
            color: None,
            is_goal: false,
            counts_as: CallClass::unless_changed(code),
        };
        CallWords::new(&who, &[code("DY", "Đồng ý"), code("NA", "Không trả lời")])
    }

    /// 14:43:37 on 11 November 2026 in Ho Chi Minh City.
    const DIALED: i64 = 1_794_383_017_000;

    fn contact(sight: Sight) -> ShownContact {
        let phone = "+84912345207";
        let stored = StoredContact {
            id: "kh-1".parse().unwrap(),
            phone: Some(phone.to_owned()),
            name: Some(" ".to_owned()),
            place: ContactPlace { campaign_key: 1, contact_no: 1 },
        };
        ShownContact::new(stored, &Mask::new(sight, [phone]))
    }

    fn call(code: Option<&str>, talk_time: i64) -> Call {
        let class = code.map(CallClass::unless_changed);
        let answered = class == Some(CallClass::Success);
        let dialed_at = Timestamp(DIALED);
        let place = CallPlace { campaign_key: 1, dialed_at, call_key: 1 };
        let contact = contact(Sight::Whole);
        Call {
            id: Mask::new(Sight::Whole, []).call_id(CallId::new("c-1").unwrap(), contact.id(), place),
            campaign: CampaignId::new("tet").unwrap(),
            voicebot: VoicebotId::new("bot").unwrap(),
            contact,
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
            is_noted: false,
            transcript: None,
            attributes: None,
            own: Vec::new(),
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
            vat: None,
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
    fn a_row_has_the_number_that_the_reader_may_see() {
        for (sight, shown) in [(Sight::Masked(Country::VIETNAM), "0912 ••• 207"), (Sight::Whole, "+84912345207")]
        {
            let call = Call { contact: contact(sight), ..call(Some("DY"), 1_000) };
            assert_eq!(words(Role::Viewer).row(&call).phone.as_deref(), Some(shown));
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
        let shown = |text: &str| ShownText::new(text.to_owned(), Sight::Whole);
        let line = |at, speaker| ShownLine { at, speaker, text: shown("…") };
        let answered = Call {
            hangup_by: Some(domain::HangupBy::Customer),
            cause: Some(shown("16")),
            transcript: Some(vec![line(100, Speaker::Customer), line(600, Speaker::Bot)]),
            ..call(Some("DY"), 55_000)
        };
        assert_eq!(
            told(&answered),
            [
                "Bắt đầu quay số: 14:43:37 · 11/11/2026",
                "Khách nghe máy: 14:43:46 · đổ chuông 9,0 giây",
                "Voicebot nói câu đầu: 14:43:46 · sau 0,6 giây",
                "Kết thúc, khách gác máy: 14:44:41 · đàm thoại 55,0 giây · kết thúc bình thường (16)",
            ]
        );
        assert_eq!(
            told(&call(Some("NA"), 29_000)),
            ["Bắt đầu quay số: 14:43:37 · 11/11/2026", "Kết thúc: 14:44:15 · sau 38,0 giây"]
        );
        assert_eq!(told(&call(None, 0)).last().map(String::as_str), Some("Đang gọi: "));
    }
}
