//! The columns that are read, under the names that headers give them.

use crate::columns::{self, Places};

/// A column that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Start,
    Answer,
    End,
    Duration,
    Billsec,
    Disposition,
    Dst,
    Src,
    Clid,
    LastApp,
    AccountCode,
    UserField,
    UniqueId,
    LinkedId,
    Sequence,
    RecordingFile,
    DstName,
    Direction,
    RingGroup,
    ActionType,
}

impl columns::Column for Column {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[
        (Column::Start, &["calldate", "start", "starttime", "date", "datetime", "callstart", "timestart"]),
        (Column::Answer, &["answer", "answertime", "answerdate"]),
        (Column::End, &["end", "endtime", "enddate", "hangup"]),
        (Column::Duration, &["duration", "calltime", "callduraction", "callduration"]),
        (
            Column::Billsec,
            &["billsec", "billseconds", "billablesecs", "billable", "talktime", "talkduraction", "talkduration"],
        ),
        (Column::Disposition, &["disposition", "status"]),
        (Column::Dst, &["dst", "destination", "calleenumber", "dstnum", "callto"]),
        (Column::Src, &["src", "source", "callernumber", "srcnum", "callfrom"]),
        (Column::Clid, &["clid", "callerid", "calleridnumber"]),
        (Column::LastApp, &["lastapp", "application", "app"]),
        (Column::AccountCode, &["accountcode", "account"]),
        (Column::UserField, &["userfield"]),
        (Column::UniqueId, &["uniqueid", "callid"]),
        (Column::LinkedId, &["linkedid", "session"]),
        (Column::Sequence, &["sequence"]),
        (Column::RecordingFile, &["recordingfile", "monitorfile", "recordfile", "recording"]),
        (Column::DstName, &["dstcnam"]),
        // Yeastar, MikoPBX; Grandstream UCM.
        (Column::Direction, &["calltype", "direction", "loguserfield", "type"]),
        // The report of Issabel and Elastix, whose duration is what was billed.
        (Column::RingGroup, &["ringgroup"]),
        // Grandstream UCM.
        (Column::ActionType, &["actiontype"]),
    ];
    const TIME: Self = Self::Start;

    fn index(self) -> usize {
        self as usize
    }

    fn suffice(places: &Places<Self>) -> bool {
        let has = |column| places.has(column);
        let talk_is_known = has(Self::Billsec)
            || (has(Self::RingGroup) && has(Self::Duration))
            || (has(Self::Answer) && has(Self::End));
        let enough = has(Self::Start) && has(Self::Dst) && has(Self::Disposition) && talk_is_known;
        enough && (has(Self::Duration) || has(Self::End))
    }
}
