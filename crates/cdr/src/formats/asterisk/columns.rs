//! The columns that are read, under the names that headers give them.

use crate::columns::columns;

columns! {
    /// A column that is read.
    pub(super) enum Column, time Start, enough |places| {
        let has = |column| places.has(column);
        let talk_is_known = has(Column::Billsec)
            || (has(Column::RingGroup) && has(Column::Duration))
            || (has(Column::Answer) && has(Column::End));
        let has_start = has(Column::Start)
            || places.have(&[Column::PTime, Column::PId, Column::Src, Column::RingDuration, Column::Duration]);
        let enough = has_start && has(Column::Dst) && has(Column::Disposition) && talk_is_known;
        enough && (has(Column::Duration) || has(Column::End))
    };
    Start "calldate" "start" "starttime" "date" "datetime" "callstart" "timestart";
    Answer "answer" "answertime" "answerdate";
    End "end" "endtime" "enddate" "hangup";
    Duration "duration" "calltime" "callduraction" "callduration" "calldurations";
    Billsec "billsec" "billseconds" "billablesecs" "billable" "talktime" "talkduraction" "talkduration" "talkdurations";
    Disposition "disposition" "status";
    Dst "dst" "destination" "calleenumber" "dstnum" "callto";
    Src "src" "source" "callernumber" "srcnum" "callfrom";
    Clid "clid" "callerid" "calleridnumber";
    LastApp "lastapp" "application" "app";
    AccountCode "accountcode" "account";
    UserField "userfield";
    UniqueId "uniqueid" "callid";
    LinkedId "linkedid" "session";
    Sequence "sequence";
    RecordingFile "recordingfile" "monitorfile" "recordfile" "recording";
    DstName "dstcnam";
    Channel "channel" "srcchannel" "sourcechannel" "srcchan";
    DstChannel "dstchannel" "destchannel" "destinationchannel" "dstchan";
    Context "dcontext";
    // The number of ours that was called from outside.
    Did "did" "didnumber";
    // Yeastar, MikoPBX; Grandstream UCM.
    Direction "calltype" "direction" "loguserfield" "type" "communicationtype";
    // The report of Issabel and Elastix, whose duration is what was billed.
    RingGroup "ringgroup";
    // Grandstream UCM.
    ActionType "actiontype";
    // The serial number of a Yeastar, each of which counts its calls by itself.
    SerialNumber "sn";
    // Yeastar's P series, whose other columns are called as theirs.
    PTime "time";
    PId "id";
    RingDuration "ringduration" "ringdurations";
}
