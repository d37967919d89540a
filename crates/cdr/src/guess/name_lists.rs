//! The names that people give to columns, in Vietnamese and English, in the form of `domain::search::fold_word`.

use crate::{mapping::Field, written::Unit};

/// What a column's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameSays {
    Field(Field),
    /// A date or a time of day, or both: of the dial start where nothing else is.
    Time,
}

const fn is(field: Field, names: &'static str) -> (NameSays, &'static str) {
    (NameSays::Field(field), names)
}

/// Names, those that say most first; a column has the first in which it is found.
pub(super) const NAMES: &[(NameSays, &str)] = &[
    is(
        Field::Id,
        "callid callsid calluuid uuid sessionid session conversationid uniqueid recordid id macuocgoi \
             idcuocgoi macuoc idcuoc maphien mahoithoai macall callcode magoi idgoi maphiengoi",
    ),
    is(
        Field::Campaign,
        "campaign campaignname campaignid chiendich tenchiendich machiendich idchiendich chiendichgoi dotgoi tendotgoi chuongtrinh tenchuongtrinh",
    ),
    is(
        Field::Voicebot,
        "voicebot voicebotid bot botname botid callbot assistant assistantid tenbot trolyao bottuvan kichban tenkichban tenvoicebot botgoi",
    ),
    is(
        Field::ContactId,
        "contactid customerid customercode leadid clientid makhachhang makh idkhachhang idkh cif socif",
    ),
    is(
        Field::Phone,
        "phone phonenumber customerphonenumber contactphonenumber clientphonenumber leadphonenumber phoneno mobile mobilephone mobilenumber cellphone tel telephone customerphone \
             customernumber contactphone calledid calledparty contactnumber clientphone leadphone msisdn callednumber dialednumber \
             dialednum numberdialed tonumber to callto callee calleenumber destination destinationnumber phonetocall \
             den denso soden sdt sodt dt dienthoai sodienthoai didong sodidong sdtkh sdtkhachhang sodtkhachhang sodienthoaikh \
             sodienthoaikhachhang dienthoaikhachhang sothuebao thuebao sobigoi sonhan songhe songuoinghe songuoinhan sokhachhang \
             sokh sophone sokhach sdtkhach sodtkhach dtkhach sodienthoaikhach dienthoaikhach sodtdd dtdd dtlienhe sdtlienhe sodienthoailienhe sotelephone sodidongkhachhang sdtdagoi didongkh sodagoi \
             sogoira dienthoaididong sodienthoai1 sdt1 \
             rufnummer telefon telefonnummer handynummer numero numerodetelephone telephonemobile appele angerufener numeroappele",
    ),
    is(
        Field::Name,
        "name fullname customer customername contactname clientname leadname client khachhang tenkhachhang \
             tenkh hoten hovaten hotenkhachhang hotenkh ten kh tenkhach khach hotenkhach tennguoinhan nguoinhan tenlienhe nguoilienhe tenchuho quykhach \
             tenkhachhang1 hovatenkhachhang hovatenkh tennguoimua",
    ),
    is(Field::Attempt, "attempt attemptno attemptnumber trynumber langoi langoithu goilanthu solangoi lanthu"),
    is(
        Field::AnsweredAt,
        "answeredat answertime answer answered timeanswered answertimestamp connectedat connecttime \
             pickuptime pickedupat answeredtime answeredtimestamp answeredon connectedtime connectedon pickupat lucbatmay lucnghemay lucnhacmay \
             thoidiemnhacmay thoigiannhacmay gionhacmay thoidiemnghemay thoidiemtraloi thoigiannghemay thoigiantraloi thoigianbatmay \
             giobatmay gionghemay nghemayluc batmayluc thoidiembatmay luctraloi thoigianketnoi thoidiemketnoi gioketnoi",
    ),
    is(
        Field::EndedAt,
        "endedat endtime end ended finished finish hangupat hungupat timeended enddate enddatetime callend callendtime hanguptime finishedat \
             completedat thoigianketthuc thoidiemketthuc ketthuc gioketthuc ketthucluc ngayketthuc thoigiankt gioketthuccuocgoi giokt thoigiancupmay giocupmay thoidiemcupmay",
    ),
    is(
        Field::Talk,
        "talk talktime talkduration talkseconds talksec billsec billseconds billableseconds \
             conversationduration conversationtime conversationseconds conversationsecs conversationsec conversationlength billedseconds billedsecs billedsec billedduration \
             billedtime billableduration billabletime billedminutes billableminutes billminutes billmins billmin conversationminutes connectedminutes answeredminutes speakingtime speakingduration calldurationtalk durationafteranswer durationincall incallduration timeoncall talking talkingtime calltalktime durationanswered answeredseconds \
             thoigianthucgoi thucgoi thoiluongthucgoi thoigiantrochuyen thoiluongnghe \
             activecalltime activetime giaydamthoai giaynoichuyen giaythoai answerduration answersec connectedduration thoigiandamthoai \
             thoiluongdamthoai damthoai thoigianthoai thoiluongthoai thoigiannoichuyen thoigiannghe \
             thoiluonghoithoai thoigianhoithoai sogiaydamthoai tgdamthoai thoigiandt sophutdamthoai phutdamthoai thoigiannoi thoiluongnoichuyen \
             thoigiannoichuyenvoikhach thoiluongtraloi \
             gesprachsdauer gesprachszeit sprechzeit dureedeconversation dureeconversation tempsdeconversation dureedecommunication",
    ),
    is(
        Field::Ringing,
        "ringing ringtime ringduration ringseconds ringsec waittime waitsec thoigiandochuong dochuong \
             thoiluongdochuong thoigiancho thoigianrung tgdochuong tgcho thoigianrungchuong thoiluongcho sogiaydochuong",
    ),
    is(
        Field::Total,
        "total totalduration totaltime duration callduration calllength length callseconds durationtime \
             seconds secs sec minutes minute mins phut giay callminutes callmins dauer duree thoiluong thoiluonggoi thoiluongcuocgoi tongthoiluong tongthoigian thoigiancuocgoi dodaicuocgoi \
             dodai sogiay tongthoigiangoi tongthoiluonggoi tgcuocgoi thoiluongcuoc sophut sophutgoi tongsogiay",
    ),
    is(
        Field::Result,
        "resultcode callresult calloutcome callstatus actionresult result outcome disposition status state ketquacuocgoi \
             ketquagoi trangthaicuocgoi trangthaigoi tinhtrangcuocgoi ketqua trangthai tinhtrang phanloai \
             phanloaiketqua maketqua ketquatuvan ketqualienhe ketquacuoi kqcuocgoi kqgoi kq trangthaikh \
             trangthaikhachhang trangthailienhe tinhtranggoi tinhtranglienhe batmay nghemay conghemay cobatmay \
             khachnghemay khachbatmay lienheduoc lienlacduoc ketnoi ketquagoira phanhoi phanhoikhachhang phanhoicuakhach \
             phanhoikh mucdoquantam ergebnis statut resultat",
    ),
    is(
        Field::BotMessages,
        "botmessages botmessagecount messagesofbot numberofbotmessages botmessagessent botmsgs sotinnhanbot sotinnhancuabot \
             tinnhanbot tinnhancuabot sotinbot",
    ),
    is(
        Field::HangupBy,
        "hangupby hungupby endedby callendedby hangupsource disconnectedby benngatmay nguoingatmay bengacmay nguoigacmay bencupmay \
             nguoicupmay cupmayboi ngatmayboi aicupmay",
    ),
    is(
        Field::Cause,
        "cause hangupcause endreason endedreason disconnectreason disconnectionreason sipcode reason \
             sipstatus sipstatuscode sipresponse sipresponsecode sipcause siphangupcause q850 q850cause q850code causecode \
             hangupcode hangupcausecode releasecause releasecode disconnectcause isdncause terminationcause masip \
             nguyennhan lydo lydoketthuc maloi lydothatbai lydokhongnghe lydotuchoi nguyennhanketthuc",
    ),
    is(
        Field::Cost,
        "cost callcost totalcost price totalprice charge totalcharge kosten cout cuoc thanhtien tongtien tongchiphi cuocphi chiphi giacuoc tiencuoc phigoi phicuocgoi cuocphigoi phi tongcuoc chiphicuocgoi chiphigoi",
    ),
    is(
        Field::RecordingUrl,
        "recording recordingurl recordinglink recordurl recordlink recordingfile recordfile audio audiourl \
             ghiam fileghiam linkghiam urlghiam duongdanghiam linkfileghiam banghiam linkrecord linkrecording linkaudio linknghelai nghelai fileamthanh tepghiam linktep",
    ),
    is(
        Field::Transcript,
        "transcript transcription conversation dialogue dialog messages hoithoai noidunghoithoai \
             noidungcuocgoi noidungdamthoai doanhoithoai loithoai hoithoaicuocgoi noidungtrochuyen lichsuhoithoai vanbancuocgoi",
    ),
    is(
        Field::Note,
        "note notes summary comment comments remark remarks callsummary description ghichu tomtat \
             tomtatcuocgoi mota noidung noidungtraodoi nhanxet ghichutelesale ghichucuocgoi ghichusale ghichunv noidungtuvan ykienkhachhang nhucau luuy ghichukhac dienbien",
    ),
    is(
        Field::DialedAt,
        "dialedat dialledat dialed dialled placedat dialtime calledat calltime calldate calldatetime callstart callstarttime \
             starttime startedat startdate startdatetime start begin timestart thoigiangoi thoidiemgoi \
             thoigianbatdau thoidiembatdau batdau giobatdau ngaygoi giogoi ngaygiogoi goiluc batdauluc \
             ngaybatdau tggoi thoigiangoira ngaygoira thoigianquayso thoidiemquayso ngaytelesale ngaylienhe thoigianlienhe \
             ngaythuchien thoigianthuchien thoigianbd giobd giobatdaugoi thoigianphatsinh ngayphatsinh ngaycuocgoi giocuocgoi \
             ngaygioquay ngaygiobatdau",
    ),
    (
        NameSays::Time,
        "timestamp datetime date time createdat datum uhrzeit heure datedelappel ngay gio thoigian ngaygio ngaythang thoidiem ngaytao thoigiantao ngaygiotao tg",
    ),
];

/// Of names of results those that ask whether somebody answered, so that `Có` and `Không` under them are known.
pub(super) const QUESTIONS: &str = "\
    answered isanswered connected isconnected pickedup reached batmay nghemay conghemay cobatmay khachnghemay \
    khachbatmay lienheduoc lienlacduoc ketnoi";

/// Of names of causes those under which the causes of lines stand: FreeSWITCH's names, numbers of Q.850, codes of SIP.
pub(super) const LINE_CAUSES: &str = "\
    cause hangupcause sipcode sipstatus sipstatuscode sipresponse sipresponsecode sipcause siphangupcause q850 q850cause \
    q850code causecode hangupcode hangupcausecode releasecause releasecode disconnectcause isdncause terminationcause masip";

/// Words for yes and for no, in the form of [`fold_word`].
pub(super) const YES: &str = "co x yes y true 1 roi duoc da ok";
pub(super) const NO: &str = "khong ko k no n false 0 chua khongduoc";

/// Names of a number that is the caller's, or the site's own: with one of them alone nobody can tell whom the call was
/// for.
pub(super) const SIDES: &str = "\
    ani dnis cli from fromnumber assistantphonenumber botphonenumber agentphonenumber caller callernumber callerid calleridnumber callernum source src sourcenumber \
    callfrom tu tuso sotu hotline dauso extension ext sonoibo did didnumber sogoi sogoidi sogoiden nguoigoi agentphone \
    agentnumber trunk appelant anrufer";

/// Objects beside the customer and the call in whose fields nothing is said of either: `agent.phone`, `recording.duration`.
pub(super) const OBJECTS_BESIDE: &str = "\
    agent staff employee operator owner assignee seller telesale consultant queue trunk extension bot voicebot callbot assistant \
    recording recordings media file invoice order product";

/// Objects with whatever a sender keeps beside its calls, in which a state, a price or an id is none of the call's.
pub(super) const OBJECTS_OF_ANYTHING: &str =
    "metadata meta extra extradata customdata customfields custom context variables vars params";

/// Names that only files of switches and diallers have, whose rows need rules of their own.
pub(super) const OF_SYSTEMS: &str = "\
    cdrsourcetype hangupcauseid xmlcdruuid phonenumberdialed lengthinsec dcontext dstchannel linkedid lastapp \
    bleguuid calleridnumber reasonterminated historyid disposition3cx srctrunkname sourcetrunkname actiontype \
    callduraction srcchannel callrequest hangupcauseq850 termreason";

/// Units that a name may end with, and what is left of the name.
pub(super) const UNITS: &[(&str, Unit)] = &[
    ("hhmmss", Unit::HoursMinutesSeconds),
    ("hmmss", Unit::HoursMinutesSeconds),
    ("hhmm", Unit::HoursMinutes),
    ("hmm", Unit::HoursMinutes),
    ("mmss", Unit::MinutesSeconds),
    ("giophutgiay", Unit::HoursMinutesSeconds),
    ("phutgiay", Unit::MinutesSeconds),
    ("giophut", Unit::HoursMinutes),
    ("hours", Unit::Hours),
    ("gio", Unit::Hours),
    ("hrs", Unit::Hours),
    ("milliseconds", Unit::Milliseconds),
    ("millis", Unit::Milliseconds),
    ("ms", Unit::Milliseconds),
    ("seconds", Unit::Seconds),
    ("secs", Unit::Seconds),
    ("sec", Unit::Seconds),
    ("giay", Unit::Seconds),
    ("minutes", Unit::Minutes),
    ("mins", Unit::Minutes),
    ("min", Unit::Minutes),
    ("phut", Unit::Minutes),
    ("s", Unit::Seconds),
];

/// What the name of a time may end with that is no more than a number or a stamp.
pub(super) const EPOCHS: [&str; 8] = ["timestamp", "uepoch", "epochms", "epoch", "unix", "stamp", "ts", "ms"];
