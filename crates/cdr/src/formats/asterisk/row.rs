//! One row: one leg of a call, kept compactly because all rows are read before the first call is known.

use std::borrow::Cow;

use crate::{
    local_time::{DateOrder, Wall, When},
    numbers::{is_extension, is_no_number, is_phone},
    packed::Packed,
    source::{Direction, Skipped},
    spreadsheet::is_rounded,
    stamps::Stamps,
    table_row::{TableRow, shortened},
    unique_id::{epoch_of, has_lost_fraction, whole_epoch},
};

use super::{columns::Column, disposition::Disposition};

/// In [`crate::parts::SIDE`]: of a menu of our own, which says nothing beside any other leg.
pub(super) const MENU: &str = "menu";
/// Of our own: of the bot, of an announcement, or of a phone of ours. It says nothing beside a customer's.
pub(super) const OWN: &str = "own";
/// Of an application that ran on a channel to an outside number: our own beside a customer's leg to the same number.
pub(super) const APPLICATION: &str = "application";
/// Of a call that came in.
pub(super) const CALLER: &str = "caller";

/// The texts of a row that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowText {
    UniqueId,
    LinkedId,
    Sequence,
    Dst,
    Src,
    Clid,
    LastApp,
    AccountCode,
    UserField,
    RecordingFile,
    DstName,
    Direction,
    ActionType,
    SerialNumber,
}

const TEXTS: [Column; 14] = [
    Column::UniqueId,
    Column::LinkedId,
    Column::Sequence,
    Column::Dst,
    Column::Src,
    Column::Clid,
    Column::LastApp,
    Column::AccountCode,
    Column::UserField,
    Column::RecordingFile,
    Column::DstName,
    Column::Direction,
    Column::ActionType,
    Column::SerialNumber,
];

/// Which way a word says that a call goes.
fn direction_of(word: &str) -> Option<Direction> {
    Some(match word.to_ascii_lowercase().as_str() {
        "outbound" | "outgoing" | "out" => Direction::Outbound,
        "inbound" | "incoming" | "in" => Direction::Inbound,
        "internal" => Direction::Internal,
        _ => return None,
    })
}

/// What the context and the channels of a leg tell, a bit each.
#[derive(Debug, Clone, Copy)]
pub(super) enum LegSign {
    /// By its context, or by the number of ours that was called, an outside caller came in.
    CameIn = 1,
    /// Its context leads to one of our own, or to a queue or menu of ours, however long its number is.
    ToOwn = 2,
    /// An application of our own ran on the channel, and nobody was at its other end.
    Application = 4,
    /// The channel is half of a pair within the switch, and leads to nobody.
    Local = 8,
}

/// One leg; its texts may stand in what was packed.
#[derive(Debug, Clone)]
pub(super) struct AsteriskLeg<'a> {
    pub(super) line: u64,
    pub(super) stamps: Stamps,
    pub(super) disposition: Disposition,
    /// The disposition, where it is a number that has one meaning alone; not kept.
    pub(super) number: &'static str,
    /// Of all cells: tells rows apart that have no id.
    pub(super) fingerprint: u128,
    /// What its context and its channels tell: the bits of [`LegSign`].
    signs: u8,
    /// A spreadsheet has taken the fraction of its id; not kept.
    pub(super) has_lost_id: bool,
    texts: Cow<'a, str>,
    ends: [u16; TEXTS.len()],
}

impl<'a> Packed<'a> for AsteriskLeg<'a> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.line.pack(into);
        self.stamps.pack(into);
        self.disposition.pack(into);
        self.fingerprint.pack(into);
        self.signs.pack(into);
        self.ends.iter().for_each(|end| end.pack(into));
        self.texts.pack(into);
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let (line, stamps, disposition) = (u64::unpack(from)?, Stamps::unpack(from)?, Disposition::unpack(from)?);
        let fingerprint = u128::unpack(from)?;
        let signs = u8::unpack(from)?;
        let mut ends = [0; TEXTS.len()];
        for end in &mut ends {
            *end = u16::unpack(from)?;
        }
        let texts = Cow::unpack(from)?;
        let number = "";
        let has_lost_id = false;
        Some(Self { line, stamps, disposition, number, fingerprint, signs, has_lost_id, texts, ends })
    }
}

impl AsteriskLeg<'_> {
    /// Reads a row; fails with the column at fault.
    pub(super) fn read(row: &TableRow<'_, Column>) -> Result<Self, Skipped> {
        let word = row.text(Column::Disposition);
        if word.is_empty() {
            return Err(row.wrong(Column::Disposition, "is empty: the row says nothing about a call"));
        }
        // The word decides, not the billed seconds: where the dialplan has answered the caller's side before it dials,
        // a BUSY or NO ANSWER row is billed too (18 of 1,430 rows of real files).
        let disposition = Disposition::parse(word).ok_or_else(|| {
            row.wrong(Column::Disposition, format!("is none that Asterisk writes: \"{}\"", shortened(word)))
        })?;
        let mut texts = String::new();
        let mut ends = [0; TEXTS.len()];
        let mut has_lost_id = false;
        let (serial, is_p_series) = (row.text(Column::SerialNumber), !row.places.has(Column::Start));
        for (column, end) in TEXTS.into_iter().zip(&mut ends) {
            let text = match column {
                Column::UniqueId if is_p_series && row.text(column).is_empty() => row.text(Column::PId),
                column => row.text(column),
            };
            match column {
                Column::UniqueId | Column::LinkedId if is_rounded(text) => {}
                // Many calls of a second share what is left of it. Those of the P series have none.
                Column::UniqueId | Column::LinkedId if !is_p_series && has_lost_fraction(text) => has_lost_id = true,
                // Two of them have calls of one id.
                Column::UniqueId | Column::LinkedId if !serial.is_empty() && !text.is_empty() => {
                    texts.extend([serial, "-", text]);
                }
                Column::Sequence => texts.push_str(text.strip_suffix(".0").unwrap_or(text)),
                _ => texts.push_str(text),
            }
            *end = u16::try_from(texts.len()).map_err(|_| row.wrong(column, "is too long"))?;
        }
        // The report of Issabel and Elastix has no other duration than the billed one.
        let is_report = row.places.has(Column::RingGroup) && !row.places.has(Column::Billsec);
        let duration = row.seconds(Column::Duration)?;
        let stamps = Stamps {
            start: row.when(if is_p_series { Column::PTime } else { Column::Start })?,
            answer: row.when(Column::Answer)?,
            end: row.when(Column::End)?,
            duration,
            talk: if is_report { duration } else { row.seconds(Column::Billsec)? },
            epoch: epoch_of(row.text(Column::UniqueId)).or_else(|| whole_epoch(row.text(Column::UniqueId))),
        };
        if ends_before_it_began(&stamps) {
            return Err(row.wrong(Column::End, "lies before the start"));
        }
        let leg = Self {
            line: row.line,
            stamps,
            disposition,
            number: ["0", "8", "16", "32"].into_iter().find(|number| *number == word).unwrap_or_default(),
            fingerprint: row.fingerprint(),
            signs: signs_of(row),
            has_lost_id,
            texts: texts.into(),
            ends,
        };
        if leg.is_of_unknown_call(row) {
            return Err(row.wrong(
                Column::UniqueId,
                "has lost its fraction in a spreadsheet, so that the call of this leg is not known: export the file again, and do not \
                 open it in a spreadsheet",
            ));
        }
        Ok(leg)
    }

    /// Whether it has no id any more, and is no leg to a customer: of the bot, of an announcement, of an extension of ours. As a call of its
    /// own it would be one that nobody made.
    fn is_of_unknown_call(&self, row: &TableRow<'_, Column>) -> bool {
        let is_beside = !row.text(Column::LastApp).is_empty() && !self.is_dialled();
        self.has_lost_id && !self.has(LegSign::CameIn) && (is_beside || !is_phone(self.text(RowText::Dst)))
    }

    /// Whether its context or its channels tell this.
    pub(super) fn has(&self, sign: LegSign) -> bool {
        self.signs & sign as u8 != 0
    }

    /// One of the texts; empty where there is none.
    pub(super) fn text(&self, text: RowText) -> &str {
        let at = text as usize;
        let start = if at == 0 { 0 } else { usize::from(self.ends[at - 1]) };
        &self.texts[start..usize::from(self.ends[at])]
    }

    /// Which way the call goes; none where the row does not say it. Grandstream writes it into `userfield`, too.
    pub(super) fn direction(&self) -> Option<Direction> {
        [RowText::Direction, RowText::UserField].into_iter().find_map(|text| direction_of(self.text(text)))
    }

    /// Whether it is the leg of a caller in a call that goes this way.
    pub(super) fn is_callers(&self, call: Direction) -> bool {
        self.direction() == Some(Direction::Inbound) || (call == Direction::Inbound && self.has(LegSign::CameIn))
    }

    /// The number of the customer in a call that goes this way: the one that was called, or the caller of a call that came in. Yeastar
    /// writes an extension or a name in brackets behind it.
    pub(super) fn customer(&self, call: Direction) -> &str {
        let number = self.text(if self.is_callers(call) { RowText::Src } else { RowText::Dst });
        match number.split_once(['(', '<']) {
            Some((before, _)) if before.len() > 1 && before.bytes().all(|byte| byte.is_ascii_digit()) => before,
            // Of the P series, the number stands behind the name.
            Some((name, behind)) if !name.bytes().any(|byte| byte.is_ascii_digit()) => {
                behind.strip_suffix('>').filter(|behind| is_phone(behind)).unwrap_or(number)
            }
            _ => number,
        }
    }

    /// Whether a machine of our own took the leg: a menu, or one that waits for an extension of a call that came in. It is no talk with
    /// anybody.
    pub(super) fn is_own_menu(&self) -> bool {
        self.text(RowText::ActionType).starts_with("IVR")
            || (self.direction() == Some(Direction::Inbound)
                && self.text(RowText::LastApp).eq_ignore_ascii_case("WaitExten"))
    }

    /// Whether an outside number was dialled.
    pub(super) fn is_dialled_outside(&self) -> bool {
        self.is_dialled() && !self.has(LegSign::ToOwn) && is_phone(self.text(RowText::Dst))
    }

    /// Whether it is a leg of our own beside those that were dialled to a customer: of the bot, of an announcement, or of an extension of
    /// ours. That it was answered says nothing of the customer.
    pub(super) fn is_own_beside(&self, dialled: &[&Self]) -> bool {
        let (src, dst) = (self.text(RowText::Src), self.text(RowText::Dst));
        if dialled.is_empty() {
            return false;
        }
        if self.direction() == Some(Direction::Internal) {
            return true;
        }
        if self.is_dialled() {
            // A phone of ours that is called first shows the hotline or the customer's number.
            let leads_there = |other: &&Self| other.text(RowText::Src) == dst || other.text(RowText::Dst) == src;
            return self.is_own_alone() || (is_extension(dst) && dialled.iter().any(leads_there));
        }
        let leads_to_another = || !dialled.iter().any(|other| other.text(RowText::Dst) == dst);
        self.is_own_alone() || (self.has(LegSign::Application) && !leads_to_another())
    }

    /// Whether it is a leg of our own whatever the customer's leg beside it is.
    fn is_own_alone(&self) -> bool {
        let (src, dst, is_local) = (self.text(RowText::Src), self.text(RowText::Dst), self.has(LegSign::Local));
        if self.is_dialled() {
            let is_ours =
                is_extension(dst) || (is_local && !is_phone(dst) && dst.bytes().any(|byte| byte.is_ascii_digit()));
            return is_ours && (is_local || !is_phone(src));
        }
        self.has(LegSign::Application) && (is_local || !is_phone(dst))
    }

    /// Whose leg it is where no other tells, for whoever reads other legs of the call in another file; empty where that says
    /// nothing.
    pub(super) fn side(&self) -> &'static str {
        if self.is_own_menu() {
            MENU
        } else if self.is_own_alone() || self.direction() == Some(Direction::Internal) {
            OWN
        } else if self.has(LegSign::Application) && !self.is_dialled() {
            APPLICATION
        } else {
            ""
        }
    }

    /// Whether one of our own reached a mailbox of our own: to hear it, or because nobody else took the call.
    pub(super) fn is_to_own_mailbox(&self) -> bool {
        let is_mailbox = self.disposition == Disposition::Voicemail
            || self.text(RowText::LastApp).to_ascii_lowercase().starts_with("voicemail");
        let (src, dst) = (self.text(RowText::Src), self.text(RowText::Dst));
        let is_of_own = is_extension(src) && (is_extension(dst) || is_no_number(dst));
        is_mailbox && is_of_own && self.direction() != Some(Direction::Inbound)
    }

    /// `userfield`, where it is the dialler's own and not a direction.
    pub(super) fn user_field(&self) -> &str {
        let text = self.text(RowText::UserField);
        if direction_of(text).is_some() { "" } else { text }
    }

    /// What orders the rows of one call where their times do not, whatever order the file is in.
    pub(super) fn rank(&self) -> (u64, &str, &str, u128) {
        let sequence = self.text(RowText::Sequence).parse().unwrap_or(u64::MAX);
        (sequence, self.text(RowText::UniqueId), self.text(RowText::Dst), self.fingerprint)
    }

    /// What the rows of one call have in common; none where the file has neither `linkedid` nor `uniqueid`.
    pub(super) fn call_key(&self) -> Option<&str> {
        [RowText::LinkedId, RowText::UniqueId].map(|text| self.text(text)).into_iter().find(|key| !key.is_empty())
    }

    /// Whether a dialling application made the leg.
    pub(super) fn is_dialled(&self) -> bool {
        match self.text(RowText::LastApp) {
            // Yeastar writes no application.
            "" => self.direction() == Some(Direction::Outbound),
            application => is_dialling(application),
        }
    }
}

/// Whether an application is one that dials.
pub(super) fn is_dialling(application: &str) -> bool {
    ["Dial", "AppDial", "AppDial2"].iter().any(|app| application.eq_ignore_ascii_case(app))
}

/// Contexts of FreePBX and of what is built on it into which calls from outside come, by their beginnings.
const FROM_OUTSIDE: [&str; 13] = [
    "from-did",
    "from-trunk",
    "from-pstn",
    "from-sip-external",
    "from-zaptel",
    "from-dahdi",
    "from-analog",
    "from-external",
    "from-outside",
    "ext-did",
    "ext-trunk",
    "inbound",
    "incoming",
];
/// Contexts in which calls of outside callers are handed on.
const HANDED_ON: [&str; 8] =
    ["ext-queues", "ext-group", "ext-local", "ext-findmefollow", "followme", "from-queue", "ivr-", "app-announcement"];

/// Whether a row is in one of these contexts.
fn is_in(row: &TableRow<'_, Column>, contexts: &[&str]) -> bool {
    let context = row.text(Column::Context);
    let begins = |start: &&str| context.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start));
    contexts.iter().any(begins)
}

fn signs_of(row: &TableRow<'_, Column>) -> u8 {
    let (src, app, channel) = (row.text(Column::Src), row.text(Column::LastApp), row.text(Column::Channel));
    let has_did = row.text(Column::Did).bytes().any(|byte| byte.is_ascii_digit());
    let (is_from_outside, is_handed_on) = (is_in(row, &FROM_OUTSIDE), is_in(row, &HANDED_ON));
    let came_in = !is_extension(src) && (has_did || is_from_outside || (is_phone(src) && is_handed_on));
    let is_local = channel.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("local/"));
    let is_applications = !app.is_empty() && row.text(Column::DstChannel).is_empty();
    let signs = [
        (LegSign::CameIn, came_in),
        (LegSign::ToOwn, is_from_outside || is_handed_on),
        (LegSign::Application, is_applications),
        (LegSign::Local, is_local),
    ];
    signs.into_iter().filter(|(_, is)| *is).fold(0, |signs, (sign, _)| signs | sign as u8)
}

/// Whether the end lies before the start, and not by a change of the clocks during the call.
fn ends_before_it_began(stamps: &Stamps) -> bool {
    let millis = |when| match when {
        When::Wall(wall) if !Wall::is_ambiguous(wall) => wall.millis(DateOrder::YearMonthDay),
        When::Instant(at) => Some(at),
        _ => None,
    };
    let (Some(start), Some(end)) = (millis(stamps.start), millis(stamps.end)) else { return false };
    let turned_back = [30, 60].map(|minutes| end - start + minutes * 60_000);
    let fits = |length: i64| stamps.duration.map_or(length >= 0, |duration| (duration - length).abs() <= 2_000);
    end < start && !turned_back.into_iter().any(fits)
}
