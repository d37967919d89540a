//! The messages of the crates `cdr`, `domain`, `store` and `audio` and of the server's imports, with their Vietnamese.
//!
//! `{}` is whatever stands there: in the Vietnamese the next of them, `{0}` the first. With a `!` it is a message itself.

macro_rules! catalogue {
    ($($english:literal = $vietnamese:literal;)*) => {
        pub(super) const MESSAGES: &[(&str, &str)] = &[$(($english, $vietnamese)),*];
    };
}

catalogue! {
    // The file as a whole.
    "the file is empty" = "Tệp trống";
    "it is empty" = "trống";
    "the file is compressed: unpack it first" = "Tệp nén lồng nhau: hãy giải nén trước";
    "the file is UTF-16 text: save it as UTF-8" = "Tệp ở bảng mã UTF-16: hãy lưu lại dạng UTF-8";
    "the file is {}, and no table of calls" = "Tệp là {!}, không phải bảng cuộc gọi";
    "a picture (PNG)" = "ảnh PNG";
    "a picture (JPEG)" = "ảnh JPEG";
    "a picture (GIF)" = "ảnh GIF";
    "a PDF" = "tài liệu PDF";
    "a text of a word processor (RTF)" = "văn bản RTF";
    "a program" = "chương trình máy tính";
    "the file is no text: it holds bytes of 0" = "Tệp không phải văn bản: có chứa byte 0";
    "the table {}" = "Bảng {!}";
    "the table has more than 1,000 columns" = "Bảng có hơn 1.000 cột";
    "has more than 1,000 columns" = "có hơn 1.000 cột";
    "it has more than 1,000 files in it" = "có hơn 1.000 tệp bên trong";
    "the list of the files in it is longer than 8 MiB" = "danh sách tệp bên trong dài hơn 8 MiB";
    "the file is of no format that is known" = "Tệp không thuộc định dạng nào đã biết";
    "the file is of no format that is known: its columns are {}" = "Tệp không thuộc định dạng nào đã biết, có các cột: {}";
    "{}; known formats are {}" = "{0!}";
    "not readable as {}: {}" = "Không đọc được theo định dạng {0}: {1!}";
    "reading failed: {}" = "Không đọc được: {!}";
    "cannot be read: {}" = "Không đọc được: {!}";
    "holds no files" = "Không có tệp nào bên trong";
    "columns have to be told apart" = "Cần cho biết cột nào là gì";
    "none of {} files in it is of a format that is known" = "Trong {} tệp không có tệp nào thuộc định dạng đã biết";
    "the file is gone" = "Tệp không còn";
    "it unpacks to more than 5 GB" = "giải nén ra hơn 5 GB";
    "a record is longer than 4 GiB" = "có một bản ghi dài hơn 4 GiB";
    "a file has more than 4,294,967,295 rows" = "tệp có hơn 4.294.967.295 dòng";
    "a temporary file holds something else than was written" = "tệp tạm không còn đúng như đã ghi";
    "the file is a workbook of Excel 97 to 2003 (XLS), or one with a password: save it as XLSX without a password, or as CSV (UTF-8)" = "Tệp là Excel 97–2003 (XLS) hoặc có mật khẩu: hãy lưu dạng XLSX không mật khẩu, hoặc CSV (UTF-8)";
    "the file is a workbook of LibreOffice or the like (ODS): save it as XLSX, or as CSV (UTF-8)" = "Tệp là bảng tính LibreOffice (ODS): hãy lưu dạng XLSX, hoặc CSV (UTF-8)";
    "the workbook is larger than 5 GB; save it as CSV (UTF-8)" = "Tệp Excel lớn hơn 5 GB: hãy lưu dạng CSV (UTF-8)";
    "it has a password" = "tệp có mật khẩu";
    "it has more than 10,000 parts" = "tệp có hơn 10.000 phần";
    "it has no part {}" = "tệp thiếu phần {}";
    "it names no sheets" = "tệp không nêu trang tính nào";
    "a part of it is no sheet" = "có phần không phải trang tính";
    "a sheet of it is cut off" = "có trang tính bị cắt";
    "a text of it is cut off" = "có đoạn chữ bị cắt";
    "a row is longer than 16 MiB" = "có dòng dài hơn 16 MiB";
    "a text in it is longer than 16 MiB" = "có đoạn chữ dài hơn 16 MiB";
    "a cell of it names a text that is not there" = "có ô trỏ đến đoạn chữ không tồn tại";
    "a cell of it names no text" = "có ô không trỏ đến đoạn chữ nào";
    "its texts cannot be read" = "không đọc được phần chữ của tệp";
    "it is not UTF-8" = "nội dung không phải UTF-8";
    "it ends within a tag" = "nội dung bị cắt giữa chừng";
    "the workbook cannot be read: {}" = "Không đọc được tệp Excel: {}";
    "the workbook has not {}; its sheets are {}" = "Tệp Excel không có {!}; các trang tính: {}";
    "a sheet with cells" = "trang tính nào có dữ liệu";
    "yes and no under \"{}\"" = "có và không trong cột “{}”";
    "cells in a sheet \"{}\"" = "dữ liệu trong trang tính “{}”";
    "{}; its columns are {}" = "{0!}; các cột: {1}";
    "neither its header nor its columns are ones that Asterisk or FreePBX writes" = "Tiêu đề và các cột không phải của Asterisk hay FreePBX";
    "no INSERT in it has the columns of call records; one that names no columns needs the table's CREATE TABLE, or a dump with --complete-insert" = "Không có lệnh INSERT nào chứa các cột cuộc gọi; lệnh không ghi tên cột cần có CREATE TABLE của bảng, hoặc xuất lại với --complete-insert";
    "its columns are none of these, or too few of them: {}" = "Thiếu các cột cần có, trong số: {}";
    "no statement in it writes rows with enough of these columns: {}" = "Không có lệnh SQL nào ghi đủ các cột: {}";
    "its header has not the columns" = "Dòng tiêu đề không có các cột cần thiết";
    "the column \"{}\" is not a field of a call; those are {}" = "Cột “{}” không phải trường của cuộc gọi; các trường: {}";
    "the column \"{}\" is there twice" = "Cột “{}” có hai lần";
    "the column \"{}\" is missing" = "Thiếu cột “{}”";
    "the columns \"contact.phone\" and \"contact.id\" are missing: one is needed" = "Thiếu cột “contact.phone” và “contact.id”: cần một trong hai";
    "is neither JSON nor a form of this platform, as the whole file ({} lines)" = "Cả tệp ({} dòng) không phải JSON hay biểu mẫu của hệ thống này";
    "the file ends before its array does" = "Tệp bị cắt: danh sách JSON chưa kết thúc";
    "it does not begin with [" = "không bắt đầu bằng [";
    "a comma stands before its ]" = "có dấu phẩy trước dấu ]";
    "something follows its ]" = "có nội dung sau dấu ]";
    "it ends before its ]" = "bị cắt trước dấu ]";

    // Shapes of files.
    "header line" = "có dòng tiêu đề";
    "as mapped" = "theo cách đọc đã chọn";
    "guessed" = "tự đoán";
    "{} \"{}\", columns {}" = "{0!} “{1}”, cột {2!}";
    "{}, columns {}" = "{0!}, cột {1!}";
    "table" = "bảng";
    "sheet" = "trang tính";
    "one array" = "một danh sách JSON";
    "objects over several lines" = "bản ghi JSON nhiều dòng";
    "one object a line" = "mỗi dòng một bản ghi JSON";
    "calldate header" = "có dòng tiêu đề calldate";
    "table without header" = "bảng không có tiêu đề";
    "cdr_custom without header" = "cdr_custom không có tiêu đề";
    "cdr_csv without header" = "cdr_csv không có tiêu đề";
    "mod_cdr_csv without header" = "mod_cdr_csv không có tiêu đề";
    "records of mod_json_cdr or mod_xml_cdr" = "bản ghi của mod_json_cdr hoặc mod_xml_cdr";
    "without header, in the order of 3CX's own template" = "không có tiêu đề, theo thứ tự mẫu của 3CX";
    "database objects in JSON" = "bản ghi cơ sở dữ liệu dạng JSON";

    // Remarks about the text of a file.
    "the file ends without a line end: if it was copied while it was written, the last cell of its last row may be cut" = "Tệp không kết thúc bằng dấu xuống dòng: nếu sao chép khi đang ghi, ô cuối của dòng cuối có thể bị cắt";
    "texts that are not UTF-8, read as {}: {}; check the names, or export the file again as UTF-8" = "Chữ không phải UTF-8, đọc theo {}: {}; hãy kiểm tra tên, hoặc xuất lại tệp dạng UTF-8";
    "values under names that the first objects have not, passed over: {}" = "Giá trị ở trường mà các bản ghi đầu không có, bỏ qua: {}";
    "lines that are neither JSON nor a form, passed over (the first is line {}): {}" = "Dòng không phải JSON hay biểu mẫu, bỏ qua (đầu tiên là dòng {}): {}";
    "lines that are no records, passed over: {}; the first is line {}" = "Dòng không phải bản ghi, bỏ qua: {}; đầu tiên là dòng {}";
    "bodies that say nothing of how a call goes, passed over: {}" = "Bản tin không nói gì về cuộc gọi, bỏ qua: {}";
    "statements that write rows by SET, or name no columns of a table that none creates, not read: {}" = "Lệnh SQL ghi bằng SET, hoặc không rõ tên cột, không đọc: {}";
    "a second header in the file: its columns are {}" = "Tệp có dòng tiêu đề thứ hai, các cột: {}";

    // Remarks about times.
    "times without a zone, read in {} ({}): {}" = "Thời gian không ghi múi giờ, đọc theo {} ({}): {}";
    "times without a zone; most sites of 3CX write them in UTC: give that zone where yours does" = "Thời gian không ghi múi giờ; 3CX thường ghi theo UTC: nếu tổng đài của bạn cũng vậy, hãy chọn múi giờ UTC";
    "nothing in the file tells its time zone; its times were read in {}" = "Múi giờ không ghi trong tệp; thời gian được đọc theo {}";
    "the records point to {}, but {} was given and used" = "Dữ liệu cho thấy múi giờ {}, nhưng đã đọc theo {} như bạn chọn";
    "day and month cannot be told apart in this file; its dates were read as D/M/Y: check them" = "Không phân biệt được ngày và tháng trong tệp; đã đọc theo ngày/tháng/năm: hãy kiểm tra";

    // Remarks about the columns of a table.
    "columns were guessed: {}" = "Các cột do hệ thống tự đoán: {}";
    "rows of {} columns were taken for what was said in the calls, first by the customer, then by the voicebot; check it" = "Các dòng có {} cột được hiểu là lời thoại, khách trước, voicebot sau; hãy kiểm tra";
    "check the column \"{}\": taken for {} {}" = "Hãy kiểm tra cột “{0}”: được hiểu là {1} {2!}";
    "by its name" = "theo tên cột";
    "by what it holds" = "theo nội dung";
    "by its name and by what it holds" = "theo tên cột và nội dung";
    "unsure, please check" = "chưa chắc chắn";
    "by its name (unsure, please check)" = "theo tên cột (chưa chắc chắn)";
    "by its name (unsure, please check): {}" = "theo tên cột (chưa chắc chắn): {!}";
    "by what it holds (unsure, please check)" = "theo nội dung (chưa chắc chắn)";
    "by what it holds (unsure, please check): {}" = "theo nội dung (chưa chắc chắn): {!}";
    "by its name and by what it holds (unsure, please check)" = "theo tên cột và nội dung (chưa chắc chắn)";
    "by its name and by what it holds (unsure, please check): {}" = "theo tên cột và nội dung (chưa chắc chắn): {!}";
    "{}; also possible: {}" = "{0!}; cũng có thể là: {1}";
    "; also possible: {}" = "cũng có thể là: {}";
    "{} in {} of {} cells" = "{0!} ở {1} trong {2} ô";
    "it holds lengths of time, no instants" = "chứa thời lượng, không phải thời điểm";
    "a date, and a time of day" = "một cột ngày và một cột giờ";
    "dates without a time of day: every call is at midnight" = "ngày không có giờ: mọi cuộc gọi sẽ ở 0 giờ";
    "instants" = "thời điểm";
    "instants, the last of each row" = "thời điểm muộn nhất của mỗi dòng";
    "instants between the dial start and the end" = "thời điểm giữa lúc gọi và lúc kết thúc";
    "phone numbers" = "số điện thoại";
    "numbers" = "số";
    "addresses" = "địa chỉ";
    "words that say whether somebody answered" = "từ cho biết có người nghe máy hay không";
    "what was said, by whom" = "lời thoại của từng bên";
    "what was said, by whom," = "lời thoại của từng bên";
    "a value of its own in each row" = "giá trị riêng ở mỗi dòng";
    "a value of its own" = "giá trị riêng";
    "lengths of time" = "thời lượng";
    "texts that are no words for a result, kept as notes," = "chữ không phải kết quả cuộc gọi, giữ làm ghi chú,";
    "words whose meaning is known" = "từ đã biết nghĩa";
    "it is 0 in each of the {} rows that say that nobody answered, so ringing is not in it" = "bằng 0 ở cả {} dòng không nghe máy, nên không gồm thời gian đổ chuông";
    "columns of nothing that is known, kept as they are" = "cột chưa biết là gì, giữ nguyên";
    "its columns are a switch's or a dialler's, whose rows need a format of their own" = "Các cột là của tổng đài hoặc hệ thống quay số, cần chọn đúng định dạng";
    "a column that tells whom the call was for: phone, contact_id" = "Cột cho biết gọi cho ai: số điện thoại hoặc mã khách hàng";
    "a column that tells when: dialed_at" = "Cột cho biết lúc gọi";
    "which number is the customer's: phone (one of {})" = "Số nào là của khách hàng (một trong: {})";
    "names of columns that are known: check the guess, and give it as a mapping" = "Tên cột chưa quen thuộc: hãy kiểm tra các cột đã đoán rồi xác nhận";
    "a column that tells whether somebody answered: {}" = "Cột cho biết có người nghe máy hay không: kết quả, thời gian đàm thoại, lúc nghe máy hoặc hội thoại";
    "the mapping's columns {} are not in it" = "Tệp không có các cột của cách đọc: {}";
    "the columns {}" = "Các cột {}";
    "the mapping cannot be used: {}" = "Không dùng được cách đọc này: {!}";
    "{} has {} columns, and needs 1{}" = "{0} có {1} cột, cần 1{2!}";
    " or more" = " trở lên";
    "{} is no length of time and has no unit" = "{} không phải thời lượng nên không có đơn vị";
    "no column is dialed_at" = "chưa có cột nào là lúc gọi";
    "no column is phone, contact_id or id: one is needed" = "chưa có cột số điện thoại, mã khách hàng hoặc mã cuộc gọi: cần ít nhất một";
    "nothing tells which calls were answered: a column for {} is needed" = "chưa biết cuộc nào có người nghe máy: cần cột kết quả, thời gian đàm thoại, lúc nghe máy hoặc hội thoại";
    "zone \"{}\" is not the name of a time zone such as Asia/Ho_Chi_Minh" = "“{}” không phải tên múi giờ như Asia/Ho_Chi_Minh";
    "source \"{}\" is not a name of 1 to 32 characters" = "source “{}” phải dài 1 đến 32 ký tự";
    "turns: {} is no number of a column such as \"#1\", up to width" = "turns: {} không phải số cột như “#1”, tối đa bằng width";
    "turns belong to calls by their id, and no column is id" = "lời thoại gắn với cuộc gọi qua mã, nhưng chưa có cột mã cuộc gọi";
    "results: \"{}\" stands for no code of 1 to {} characters" = "results: “{}” cần một mã dài 1 đến {} ký tự";

    // Remarks about the calls of a file.
    "calls left out, {}" = "Cuộc gọi bỏ qua, {!}";
    "without events" = "không có sự kiện nào";
    "still going on when the file was written" = "chưa kết thúc khi xuất tệp";
    "never dialled" = "chưa được gọi";
    "{} \"{}\" has no meaning that is known; calls that say it" = "{} “{}” chưa rõ nghĩa; số cuộc gọi như vậy";
    "answered calls without a dial instant: it is taken as the answer, so their dial time is 0" = "Cuộc gọi có nghe máy nhưng thiếu lúc gọi: lấy lúc nghe máy, thời gian chờ tính là 0";
    "calls without a dial instant: it is taken as the time of their first event" = "Cuộc gọi thiếu lúc gọi: lấy thời điểm của sự kiện đầu tiên";
    "answered calls of which only the whole duration is known, ringing included: their talk time is not known and counts as 0" = "Cuộc gọi có nghe máy nhưng chỉ biết tổng thời lượng kể cả đổ chuông: thời gian đàm thoại tính là 0";
    "calls without an end: it is taken as the time of their last event, else as the dial instant" = "Cuộc gọi thiếu lúc kết thúc: lấy thời điểm của sự kiện cuối, nếu không có thì lúc gọi";
    "calls without a number, such as web calls: each is a customer of its own" = "Cuộc gọi không có số, như gọi qua web: mỗi cuộc tính là một khách hàng";
    "calls that ended in the ordinary way without an answer in this file: taken as not answered" = "Cuộc gọi kết thúc bình thường nhưng tệp không ghi có nghe máy: tính là không nghe máy";
    "costs that are not in the account's currency, or in one that is not said: kept as the attributes cost and cost_currency" = "Chi phí không theo loại tiền của tài khoản hoặc không ghi loại tiền: giữ trong thông tin thêm cost và cost_currency";
    "transcripts that are longer than what is kept: cut" = "Hội thoại dài quá mức lưu: đã cắt bớt";
    "calls whose attributes are larger than what is kept: the largest were left out" = "Cuộc gọi có thông tin thêm quá lớn: bỏ phần lớn nhất";
    "calls whose duration and instants contradict each other: the instants were taken, where all three are there" = "Cuộc gọi có thời lượng không khớp các thời điểm: lấy theo thời điểm nếu có đủ ba";
    "calls of a report that holds completed ones alone: its answer rate says nothing" = "Báo cáo chỉ có cuộc gọi đã hoàn tất: tỉ lệ nghe máy không có ý nghĩa";
    "calls with one id of which one began after the other had ended: the later one was taken" = "Cuộc gọi trùng mã, cuộc sau bắt đầu khi cuộc trước đã kết thúc: lấy cuộc sau";
    "rows without an id, each taken for a call of its own" = "Dòng không có mã, mỗi dòng tính là một cuộc gọi";
    "inbound calls, of which the caller is taken for the customer: {}" = "Cuộc gọi đến, người gọi được coi là khách hàng: {}";
    "inbound calls, left out as asked: {}" = "Cuộc gọi đến, bỏ qua như đã chọn: {}";
    "inbound calls, put into the campaign {}: {}" = "Cuộc gọi đến, đưa vào chiến dịch {}: {}";
    "internal calls, imported as the others: {}" = "Cuộc gọi nội bộ, nhập như các cuộc khác: {}";
    "internal calls, left out as asked: {}" = "Cuộc gọi nội bộ, bỏ qua như đã chọn: {}";
    "calls to mailboxes of your own, imported as the others: {}" = "Cuộc gọi vào hộp thư thoại của mình, nhập như các cuộc khác: {}";
    "calls to mailboxes of your own, left out as asked: {}" = "Cuộc gọi vào hộp thư thoại của mình, bỏ qua như đã chọn: {}";
    "calls to mailboxes of your own, put into the campaign {}: {}" = "Cuộc gọi vào hộp thư thoại của mình, đưa vào chiến dịch {}: {}";
    "internal calls, put into the campaign {}: {}" = "Cuộc gọi nội bộ, đưa vào chiến dịch {}: {}";
    "calls that look inbound (an outside caller and an extension); the number that was called is taken for the customer all the same" = "Cuộc gọi có vẻ là gọi đến (số ngoài gọi vào máy lẻ); số được gọi vẫn được coi là khách hàng";
    "calls that look inbound (an outside caller and an extension, or one number is called by many); the number that was called is taken for the customer all the same" = "Cuộc gọi có vẻ là gọi đến (số ngoài gọi vào máy lẻ, hoặc nhiều người gọi một số); số được gọi vẫn được coi là khách hàng";
    "inbound calls that only a menu of our own took, counted as answered" = "Cuộc gọi đến chỉ vào lời chào tự động, tính là có nghe máy";
    "calls of which no number is known: all with the same word in its place count as one customer" = "Cuộc gọi không rõ số: các cuộc ghi cùng một từ tính là một khách hàng";
    "calls whose dst is not a number (\"s\", \"h\", \"*97\", \"vmu200\" and the like are steps of the dialplan); all with the same one count as one customer, and the number that was called may stand in clid, channel or userfield" = "Cuộc gọi có dst không phải số điện thoại (“s”, “h”, “*97”, “vmu200”… là bước của kịch bản tổng đài); các cuộc cùng dst tính là một khách hàng, số thật có thể ở clid, channel hoặc userfield";
    "attempts of which no leg is in the file, left out: {}" = "Lần gọi không có chặng nào trong tệp, bỏ qua: {}";
    "words whose meaning is not known, calls with them not stored" = "Từ chưa rõ nghĩa, các cuộc gọi đó không được nhập";
    "left out, for they were never dialled or are still going on" = "Bỏ qua vì chưa được gọi hoặc chưa kết thúc";
    "rows without linkedid and uniqueid, each taken for a call of its own" = "Dòng không có linkedid và uniqueid, mỗi dòng tính là một cuộc gọi";
    "rows with billed seconds that were not ANSWERED (the caller's own side was up, the one that was called did not answer); they count as their disposition says" = "Dòng có giây tính cước nhưng không ghi ANSWERED (phía gọi đã nối, phía được gọi không nghe); tính theo disposition";
    "the file has exactly 100 rows: FreePBX cuts its exports to that many, newest first; raise the limit there and export again if calls are missing" = "Tệp có đúng 100 dòng: FreePBX chỉ xuất chừng đó, mới nhất trước; nếu thiếu cuộc gọi, hãy tăng giới hạn rồi xuất lại";
    "the file has exactly {} rows: the report is cut to a round number of them; export a shorter time if calls are missing" = "Tệp có đúng {} dòng, có thể báo cáo đã bị cắt; nếu thiếu cuộc gọi, hãy xuất khoảng thời gian ngắn hơn";
    "the report has the billed time alone: how long it rang is not known, and the time of a call was taken for its answer: {}" = "Báo cáo chỉ có thời gian tính cước: không rõ thời gian đổ chuông, thời điểm gọi được coi là lúc nghe máy: {}";
    "no header names the columns: by what is in them, column {} was taken for the caller, {} for the number that was called, {} for the duration, {} for the billed seconds" = "Không có dòng tiêu đề: theo nội dung, cột {} được hiểu là số gọi, {} là số được gọi, {} là thời lượng, {} là giây tính cước";
    "dispositions are numbers; the rows fit this meaning of them: {}" = "Disposition ghi bằng số, được hiểu là: {!}";
    "2 failed, 4 busy, 8 answered" = "2 lỗi, 4 bận, 8 nghe máy";
    "2 busy, 3 failed, 4 answered" = "2 bận, 3 lỗi, 4 nghe máy";
    "calls with the status NA, which VICIdial gives to disconnected numbers, too: without hangup_cause or dialstatus they count as no answer" = "Cuộc gọi có trạng thái NA, VICIdial dùng cho cả số không liên lạc được: thiếu hangup_cause và dialstatus nên tính là không nghe máy";
    "answered calls without the carrier's times: call_date was taken for their answer, and length_in_sec, which has waiting and wrapping up in it, for their talk" = "Cuộc gọi có nghe máy nhưng thiếu thời gian của nhà mạng: lấy call_date làm lúc nghe máy, length_in_sec (gồm cả chờ và xử lý sau) làm thời gian đàm thoại";
    "answered calls, of which call_date was taken for the answer: how long they rang is not known" = "Cuộc gọi có nghe máy, lấy call_date làm lúc nghe máy: không rõ thời gian đổ chuông";
    "answered calls of which the talk is not known (no billsec): it counts as 0" = "Cuộc gọi có nghe máy nhưng không rõ thời gian đàm thoại (thiếu billsec): tính là 0";
    "calls without a result and without talk, stored as not answered (NA)" = "Cuộc gọi không có kết quả, không có đàm thoại: ghi là không nghe máy (NA)";
    "calls without a result that were answered, stored as ANSWERED" = "Cuộc gọi không có kết quả nhưng có nghe máy: ghi là ANSWERED";
    "calls whose result is a text, taken for answered ones (code undefined): nothing else tells" = "Cuộc gọi có kết quả là một đoạn chữ, coi là có nghe máy (mã undefined) vì không có dữ liệu khác";
    "calls whose result is a text and that have no talk, stored as not answered (NA)" = "Cuộc gọi có kết quả là một đoạn chữ và không có đàm thoại: ghi là không nghe máy (NA)";
    "words that may be a customer's or the line's, read as the line's: the calls have no talk" = "Từ có thể là lời khách hoặc trạng thái đường truyền, hiểu là đường truyền vì không có đàm thoại";
    "calls without an id: theirs are made of their rows, so a row that is corrected is another call" = "Cuộc gọi không có mã: mã được tạo từ nội dung dòng, nên dòng sửa lại sẽ là cuộc gọi khác";
    "calls without a phone number: the customer is the id of the call" = "Cuộc gọi không có số điện thoại: mã cuộc gọi được dùng làm khách hàng";
    "phone numbers without their leading 0, which was put back" = "Số điện thoại mất số 0 ở đầu, đã thêm lại";
    "answered calls whose talk time is not known: they end with the answer" = "Cuộc gọi có nghe máy nhưng không rõ thời gian đàm thoại: kết thúc ngay lúc nghe máy";
    "answered calls whose dial time is not known: they are answered when they are dialled" = "Cuộc gọi có nghe máy nhưng không rõ thời gian đổ chuông: nghe máy ngay lúc gọi";
    "calls without an end or a length: they end when they are dialled" = "Cuộc gọi không có lúc kết thúc hay thời lượng: kết thúc ngay lúc gọi";
    "calls that say that nobody answered though they have talk time; the word holds" = "Cuộc gọi ghi không nghe máy nhưng có thời gian đàm thoại: theo kết quả đã ghi";
    "rows whose transcript stood in another column, with the columns beside it shifted" = "Dòng có hội thoại nằm lệch cột, đã xếp lại";
    "costs taken for ones in the account's currency" = "Chi phí được coi là theo loại tiền của tài khoản";
    "costs that are no plain number, kept as an attribute" = "Chi phí không phải số, giữ trong thông tin thêm";
    "transcripts in which nobody is named, kept as an attribute" = "Hội thoại không rõ ai nói, giữ trong thông tin thêm";
    "transcripts without times: all their lines are at the answer" = "Hội thoại không có giờ: mọi câu ở lúc nghe máy";
    "transcripts longer than what a call may have, cut" = "Hội thoại dài quá mức cho phép, đã cắt bớt";
    "recordings that are no http address, kept as an attribute" = "Ghi âm không phải địa chỉ http, giữ trong thông tin thêm";
    "turns of calls that are not in the file, or came before them too far: {}" = "Lời thoại của cuộc gọi không có trong tệp, hoặc đứng quá xa phía trước: {}";
    "result \"{}\" has no meaning that is known; rows that say it, rejected: {}" = "Kết quả “{}” chưa rõ nghĩa; số dòng như vậy, bị loại: {}";

    // A line or record as a whole.
    "is empty" = "trống";
    "is missing" = "thiếu";
    "is there twice" = "có hai lần";
    "is too long" = "quá dài";
    "is too large" = "quá lớn";
    "is longer than 16 MiB" = "dài hơn 16 MiB";
    "is longer than 16 MiB: is there a quote that is never closed?" = "dài hơn 16 MiB: có dấu ngoặc kép chưa đóng?";
    "is longer than 32 KiB" = "dài hơn 32 KiB";
    "has a quote that is never closed" = "có dấu ngoặc kép chưa đóng";
    "has a quote that is never closed: all lines after it are taken for its cell" = "có dấu ngoặc kép chưa đóng: mọi dòng sau bị coi là một ô";
    "is not JSON" = "không phải JSON";
    "is not JSON: {}" = "không phải JSON hợp lệ: {}";
    "is not JSON: {}, at byte {}" = "không phải JSON hợp lệ: {}, ở byte {}";
    "is not JSON: a line ends within a text" = "không phải JSON hợp lệ: xuống dòng giữa một chuỗi";
    "is not a JSON object" = "không phải một bản ghi JSON";
    "is not a JSON object with the columns of a record" = "không phải bản ghi JSON có các cột cần thiết";
    "is not the JSON expected: {}" = "không phải JSON như mong đợi: {!}";
    "is neither JSON nor a form" = "không phải JSON hay biểu mẫu";
    "is no JSON object, nor an array of them" = "không phải bản ghi JSON hay danh sách bản ghi";
    "is no body of this platform: it has none of {}" = "không phải bản tin của hệ thống này: không có trường nào trong {}";
    "is nothing of this platform: it has none of {}" = "không phải dữ liệu của hệ thống này: không có trường nào trong {}";
    "holds more values than one call may" = "có nhiều giá trị hơn mức cho phép của một cuộc gọi";
    "tells of more than 1,000 calls" = "chứa hơn 1.000 cuộc gọi";
    "is not XML: {}" = "không phải XML hợp lệ: {}";
    "is not XML: it ends within an element" = "không phải XML hợp lệ: bị cắt giữa chừng";
    "is neither JSON nor XML nor either of them in base64" = "không phải JSON, XML hay dạng base64 của chúng";
    "has no variables: it is no record of FreeSWITCH" = "không có variables: không phải bản ghi FreeSWITCH";
    "is a record within too many others" = "bản ghi lồng quá nhiều lớp";
    "is neither a voipcall nor a callrequest" = "không phải voipcall hay callrequest";
    "is not UTF-8 text" = "không phải chữ UTF-8";
    "is cut off: the file ends within it" = "bị cắt: tệp kết thúc giữa chừng";
    "is cut off: another object begins within it" = "bị cắt: một bản ghi khác bắt đầu ở giữa";
    "is cut off: another record begins within it" = "bị cắt: một bản ghi khác bắt đầu ở giữa";
    "has {} columns, the header has {}" = "có {} cột, tiêu đề có {}";
    "has {} columns, unlike the {} of the header" = "có {} cột, tiêu đề có {}";
    "has {} columns, unlike the rest of the file" = "có {} cột, khác các dòng còn lại";
    "holds a zero byte" = "chứa byte 0";
    "holds a NUL character" = "chứa ký tự NUL";
    "holds a control character" = "chứa ký tự điều khiển";
    "stands in an earlier row with other values: is it the id of a call?" = "đã có ở dòng trước với nội dung khác: đây có phải mã cuộc gọi?";
    "is empty: the row says nothing about a call" = "trống: dòng không nói gì về cuộc gọi";
    "is empty: nothing tells the call apart" = "trống: không có mã để phân biệt cuộc gọi";
    "how call {} ended is not in the file: {}; put the events of a call into one file, in any order" = "Tệp không cho biết cuộc gọi {0} kết thúc thế nào: {1!}; hãy gộp các sự kiện của một cuộc gọi vào cùng một tệp";
    "only its recording is told of" = "chỉ có ghi âm";
    "no event of it does" = "không có sự kiện kết thúc";

    // Whom a call was for.
    "is empty: nobody was called" = "trống: không gọi cho số nào";
    "needs a phone or an id" = "cần số điện thoại hoặc mã khách hàng";
    "is not an object with a phone or an id" = "không phải bản ghi có số điện thoại hoặc mã";
    "is not a phone number" = "không phải số điện thoại";
    "was made a number by a spreadsheet, digits are lost: send it as text" = "bị Excel đổi thành số, mất chữ số: hãy để cột ở dạng văn bản";
    "was rounded by a spreadsheet, its last digits are lost: export the file again with numbers as text" = "bị Excel làm tròn, mất các chữ số cuối: hãy xuất lại với cột số ở dạng văn bản";
    "is longer than 64 characters" = "dài hơn 64 ký tự";
    "is longer than 128 characters" = "dài hơn 128 ký tự";
    "is longer than 300 characters" = "dài hơn 300 ký tự";
    "is longer than 2048 characters" = "dài hơn 2048 ký tự";
    "is longer than 10000 characters" = "dài hơn 10000 ký tự";
    "must not be empty" = "không được để trống";
    "of the call is longer than {} characters" = "của cuộc gọi dài hơn {} ký tự";

    // Its campaign and voicebot.
    "is not known; send it first" = "chưa có trong hệ thống; hãy tạo trước";
    "is not known: nothing in the call names one; give one for the whole file" = "không rõ: cuộc gọi không ghi; hãy chọn một chiến dịch cho cả tệp";
    "is not known: the record has no {}; give one for the whole file" = "không rõ: bản ghi không có {}; hãy chọn một chiến dịch cho cả tệp";
    "is not known: the row has neither accountcode nor userfield; give one for the whole file" = "không rõ: dòng không có accountcode hay userfield; hãy chọn một chiến dịch cho cả tệp";
    "is missing: give one for the whole file" = "thiếu: hãy chọn một chiến dịch cho cả tệp";
    "is one of more than {}, which is the most" = "vượt quá {}, mức nhiều nhất";
    "has no id that can be kept" = "không có mã hợp lệ";

    // When it was.
    "is no time that can be read" = "không đọc được thời gian";
    "is no date in the order {}" = "không phải ngày theo thứ tự {}";
    "is no date and time: \"{}\"" = "không phải ngày giờ: “{}”";
    "is not an instant such as \"2026-11-04T09:15:02.120+07:00\"" = "không phải thời điểm như “2026-11-04T09:15:02.120+07:00”";
    "has neither the digits of seconds since 1970 nor those of milliseconds or microseconds" = "không đúng số chữ số của giây, mili giây hay micro giây tính từ 1970";
    "lies before the year 2000" = "trước năm 2000";
    "lies before the year 2000: is it in seconds? Integers are milliseconds" = "trước năm 2000: có phải tính bằng giây? Số nguyên được hiểu là mili giây";
    "lies outside the years 1970 to 2199 (is it in seconds or microseconds?)" = "ngoài khoảng năm 1970 đến 2199 (có phải tính bằng giây hoặc micro giây?)";
    "lies outside the years 1970 to 2199" = "ngoài khoảng năm 1970 đến 2199";
    "lies in the future" = "ở tương lai";
    "would bring the costs of the account's calls beyond 9000000000000" = "sẽ làm tổng chi phí của tài khoản vượt 9.000.000.000.000";
    "is not a currency of ISO 4217, such as VND" = "không phải một loại tiền theo ISO 4217, ví dụ VND";
    "is in a month for which the account's quota of calls is used up" = "thuộc tháng đã hết hạn mức cuộc gọi của tài khoản";
    "lies before every tariff: such calls have 0 blocks and no cost" = "trước mọi bảng giá: các cuộc gọi này có 0 block và không có chi phí";
    "lies before dialed_at" = "trước lúc gọi";
    "lies before answered_at" = "trước lúc nghe máy";
    "lies before the start" = "trước lúc bắt đầu";
    "lies more than 24 hours after dialed_at" = "sau lúc gọi hơn 24 giờ";
    "is empty: when the call began is not known" = "trống: không rõ lúc bắt đầu cuộc gọi";
    "is empty: when the leg began is not known" = "trống: không rõ lúc bắt đầu chặng gọi";
    "is empty: when the segment began is not known" = "trống: không rõ lúc bắt đầu đoạn gọi";
    "is missing: when the leg began is not known" = "thiếu: không rõ lúc bắt đầu chặng gọi";
    "is empty, and no uniqueid tells the time" = "trống, và uniqueid không cho biết thời gian";
    "is empty, and there is no end" = "trống, và không có lúc kết thúc";
    "is not known: no field and no event tells the time" = "không rõ: không trường hay sự kiện nào cho biết thời gian";
    "is no length of time" = "không phải thời lượng";
    "is no length of a call: it is negative or more than a day" = "không phải thời lượng cuộc gọi: số âm hoặc hơn một ngày";
    "is not a number of seconds from 0 to a day: \"{}\"" = "không phải số giây từ 0 đến một ngày: “{}”";

    // How it ended.
    "\"{}\" is no word whose meaning is known, so the call is not stored" = "“{}” chưa rõ nghĩa nên cuộc gọi không được nhập";
    "\"{}\" is no word whose meaning is known, and nothing proves that somebody answered; give its code in a mapping" = "“{}” chưa rõ nghĩa và không có gì cho thấy có người nghe máy; hãy cho biết mã của từ này trong cách đọc";
    "says both \"{}\" and \"{}\"" = "ghi cả “{}” và “{}”";
    "is empty, and nothing else tells whether somebody answered" = "trống, và không có gì cho biết có người nghe máy hay không";
    "is none that Asterisk writes: \"{}\"" = "không phải giá trị của Asterisk: “{}”";
    "is a number that means one thing in today's Asterisk and another in old versions; nothing in the file tells which" = "là số có nghĩa khác nhau giữa Asterisk mới và cũ; tệp không cho biết là bản nào";
    "is missing: the result code says that the customer answered" = "thiếu: mã kết quả cho biết khách đã nghe máy";
    "is missing, though ended_at is there" = "thiếu, dù có lúc kết thúc";
    "is missing, though result_code is there" = "thiếu, dù có mã kết quả";
    "is ignored: the result code says that nobody answered; talk time is 0" = "bỏ qua: mã kết quả cho biết không ai nghe máy; thời gian đàm thoại là 0";
    "is not one of customer, bot, system" = "phải là customer, bot hoặc system";

    // What else is said of it.
    "is not a number: \"{}\"" = "không phải số: “{}”";
    "is not a decimal number such as \"1234.5\"" = "không phải số thập phân như “1234.5”";
    "has more than six digits after the point" = "có hơn sáu chữ số sau dấu thập phân";
    "must be customer, bot or system" = "phải là customer, bot hoặc system";
    "must be 1 to 1000" = "phải từ 1 đến 1000";
    "must be 0 to 100000" = "phải từ 0 đến 100000";
    "must be 0 to 86400" = "phải từ 0 đến 86400";
    "must be 0 to 1000000" = "phải từ 0 đến 1000000";
    "cannot be known while the call is in progress" = "chưa thể biết khi cuộc gọi đang diễn ra";
    "is not an http or https address" = "không phải địa chỉ http hoặc https";
    "has more than 5000 lines" = "có hơn 5000 câu";
    "is not within 24 hours of the answer" = "không trong 24 giờ sau khi nghe máy";
    "has more than 100 entries" = "có hơn 100 mục";
    "is larger than 64 KiB" = "lớn hơn 64 KiB";
    "nests lists and objects more than 16 deep" = "lồng quá 16 lớp";
    "is not a field of a call" = "không phải trường của cuộc gọi";

    // How a file or webhook is to be read.
    "is not the name of a format" = "không phải tên định dạng";
    "is not the name of a time zone" = "không phải tên múi giờ";
    "is for tables: the columns of this format are known" = "chỉ dùng cho bảng: định dạng này đã biết các cột";
    "is not there: say on the page which field is which" = "chưa có; hãy cho biết trường nào là gì trên trang này";
    "is of no system that sends webhooks" = "không thuộc hệ thống nào gửi webhook";

    // Recordings.
    "is not audio that is known here: WAV, MP3, Ogg, FLAC, M4A, AAC, WebM, AMR, or frames of GSM, G.711, G.722 or signed linear with the name of their file" = "không phải âm thanh đã biết: WAV, MP3, Ogg, FLAC, M4A, AAC, WebM, AMR, hoặc GSM, G.711, G.722, PCM kèm tên tệp";
    "is {}, which is not played here: send WAV, MP3, Ogg, FLAC, M4A, AAC or WebM" = "là {!}, không phát được: hãy gửi WAV, MP3, Ogg, FLAC, M4A, AAC hoặc WebM";
    "is {}, which is played only where ffmpeg is installed beside Ringside: send WAV or MP3" = "là {}, chỉ phát được khi máy chủ có ffmpeg: hãy gửi WAV hoặc MP3";
    "has {} samples a second; browsers play 3,000 to 192,000" = "có {} mẫu mỗi giây; trình duyệt phát từ 3.000 đến 192.000";
    "has {} channels; browsers play 1 to 8" = "có {} kênh; trình duyệt phát từ 1 đến 8";
    "holds no audio track" = "không có âm thanh";
    "holds no sound: it is empty or cut off" = "không có tiếng: trống hoặc bị cắt";
    "holds more than {} samples, the most that a recording may: 12 hours of two sides at 8,000 a second" = "dài quá {} mẫu, mức nhiều nhất: 12 giờ hai kênh ở 8.000 mẫu mỗi giây";
    "holds more than {} MiB before its sound begins, the most that a recording may" = "có hơn {} MiB trước phần âm thanh, mức nhiều nhất";
    "takes more than {} s of a processor to read through, the most that a recording may" = "đọc mất hơn {} giây của bộ xử lý, mức nhiều nhất";
    "is no longer waited for" = "không còn ai chờ";
    "a recording could not be read or converted" = "không đọc hoặc chuyển được ghi âm";
    "a kind of AAC that is not AAC-LC" = "một loại AAC không phải AAC-LC";
    "a codec that is not known" = "bộ mã hoá chưa biết";
    "a gzip archive" = "tệp nén gzip";
    "a Zstandard archive" = "tệp nén Zstandard";
    "text, such as a page that says what went wrong" = "văn bản, chẳng hạn trang báo lỗi";
    "WAV of format 0x{}" = "WAV loại 0x{}";

    // What is wrong with a mapping.
    "TOML parse error at line {}, column {}" = "Lỗi TOML ở dòng {}, cột {}";
    "{} has {} columns, and needs 1" = "{} có {} cột, cần 1";
    "{} has {} columns, and needs 1 or more" = "{} có {} cột, cần ít nhất 1";

    "unclosed table, expected {}" = "bảng chưa đóng, cần {}";
    "key with no value, expected {}" = "khoá chưa có giá trị, cần {}";
    "duplicate key" = "khoá lặp lại";
    "invalid basic string, expected {}" = "chuỗi chưa đóng, cần {}";
    "string values must be quoted, expected {}" = "chuỗi phải đặt trong dấu nháy, cần {}";

    // What libraries say.
    "invalid type: {}, expected {}" = "sai kiểu: {}, cần {}";
    "invalid value: {}, expected {}" = "giá trị sai: {}, cần {}";
    "unknown variant `{}`, expected {}" = "“{}” không hợp lệ, cần {}";
    "unknown field `{}`, expected {}" = "trường “{}” không có, cần {}";
    "missing field `{}`" = "thiếu trường “{}”";
    "invalid digit found in string" = "không phải số nguyên";
    "number too large to fit in target type" = "số quá lớn";
    "cannot parse integer from empty string" = "trống, cần một số nguyên";
}
