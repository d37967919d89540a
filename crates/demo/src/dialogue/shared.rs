//! What is said in calls of every kind.

use super::words::{Exchange, bot as b, customer as c};

/// What customers say when they pick up.
pub const HELLO: &[&str] =
    &["Alo.", "Alo, ai đấy?", "Alo, {anh} nghe.", "A lô.", "Vâng, tôi nghe.", "Alo, ai gọi đấy ạ?"];

/// How the bot begins.
pub const GREETINGS: &[&str] = &[
    "Dạ em chào {anh} {ten}, em là trợ lý ảo của An Tâm. Cuộc gọi có ghi âm để nâng cao chất lượng. {Anh} cho em xin một phút được không ạ?",
    "Em chào {anh} {ten} ạ, em gọi từ công ty bảo hiểm An Tâm. {Anh} có tiện nghe máy không ạ?",
    "Dạ xin chào, em là trợ lý ảo của bảo hiểm An Tâm. Cho em hỏi có phải {anh} {ten} đang nghe máy không ạ?",
    "Dạ em chào {anh} {ten}, em là trợ lý tự động của An Tâm. Em xin phép trao đổi nhanh với {anh} một phút ạ.",
];

/// How customers let it go on.
pub const CONSENTS: &[&str] = &[
    "Ừ, em nói đi.",
    "Ừ, {anh} nghe đây.",
    "Đúng rồi, có gì không em?",
    "Vâng, em cứ nói.",
    "Nhanh nhé, {anh} đang làm việc.",
    "Ừ, nói đi em.",
    "Có việc gì thế em?",
];

/// What comes up in any call.
pub const MIDDLES: &[Exchange] = &[
    &[
        c("Em là người hay máy đấy?"),
        b("Dạ em là trợ lý ảo, nếu cần {anh} có thể gặp tư vấn viên bất cứ lúc nào ạ."),
        c("Máy mà nói như thật nhỉ."),
    ],
    &[
        c("Nói to lên một chút, {anh} nghe không rõ."),
        b("Dạ vâng, em xin lỗi {anh}. Bây giờ {anh} nghe rõ hơn chưa ạ?"),
        c("Rõ rồi."),
    ],
    &[c("Alo, em còn đấy không?"), b("Dạ em vẫn đang nghe ạ."), c("Ừ, sóng ở đây hơi kém.")],
    &[c("Sao có số của {anh} thế?"), b("Dạ đây là số {anh} đã đăng ký trong hợp đồng với An Tâm ạ."), c("À ừ.")],
    &[
        c("Em nói chậm lại giúp {anh}."),
        b("Dạ vâng, em sẽ nói chậm hơn ạ."),
        c("Ừ, nói lại đoạn vừa rồi đi."),
        b("Dạ em xin nhắc lại ạ."),
    ],
    &[c("{Anh} đang ngoài đường, ồn quá."), b("Dạ em sẽ nói ngắn gọn ạ."), c("Ừ.")],
    &[c("Em tên gì?"), b("Dạ em là trợ lý ảo của An Tâm, {anh} gọi em là Tâm An cũng được ạ."), c("Tên hay đấy.")],
    &[
        c("Công ty ở đâu để {anh} qua trực tiếp?"),
        b("Dạ {anh} có thể đến bất kỳ phòng giao dịch nào của An Tâm, em sẽ nhắn địa chỉ gần nhất cho {anh} ạ."),
        c("Ừ."),
    ],
    &[
        c("Số tổng đài của bên em là số nào?"),
        b("Dạ số tổng đài in ở mặt sau thẻ bảo hiểm, và có trong ứng dụng An Tâm ạ."),
        c("Được rồi."),
    ],
    &[b("Dạ {anh} còn thắc mắc gì nữa không ạ?"), c("Để {anh} nghĩ đã."), b("Dạ vâng ạ.")],
];

/// A pause while the customer is away; the last line comes when he is back.
pub const HOLDS: &[Exchange] = &[
    &[c("Em chờ {anh} một lát nhé."), b("Dạ vâng, em chờ máy ạ."), c("Rồi, em nói tiếp đi.")],
    &[c("Khoan, {anh} đi lấy giấy tờ."), b("Dạ {anh} cứ từ từ ạ."), c("Đây, {anh} có đây rồi.")],
    &[c("Chờ chút, {anh} tấp xe vào lề đã."), b("Dạ em chờ ạ."), c("Rồi, em nói đi.")],
];

/// A person takes over for a while; the last line comes when the bot is back.
pub const HANDOVER: Exchange = &[
    c("Cho {anh} gặp người thật hỏi kỹ hơn."),
    b("Dạ em xin nối máy {anh} tới tư vấn viên, {anh} giữ máy giúp em ạ."),
    b("Dạ em là trợ lý ảo đây ạ. Tư vấn viên đã trao đổi xong, em xin phép hoàn tất cuộc gọi với {anh}."),
    c("Ừ em."),
];

/// The fee was paid before.
pub const ALREADY_PAID: &[Exchange] = &[
    &[
        c("Kỳ này {anh} đóng rồi mà."),
        b("Dạ để em ghi nhận. {Anh} đóng qua chuyển khoản hay tại quầy ạ?"),
        c("Chuyển khoản hôm qua."),
        b("Dạ em cảm ơn {anh}, hệ thống sẽ cập nhật trong 24 giờ. Chào {anh} ạ."),
    ],
    &[
        c("Vợ chồng {anh} đóng tuần trước rồi em ơi."),
        b("Dạ vâng, em xin lỗi vì đã làm phiền {anh}. Em sẽ kiểm tra lại ạ."),
        c("Ừ."),
    ],
    &[
        c("{Anh} nộp ở quầy rồi, có biên lai đây."),
        b("Dạ em ghi nhận {anh} đã đóng phí. Em cảm ơn {anh} ạ."),
        c("Ừ, chào em."),
    ],
];

/// No, thank you.
pub const REFUSALS: &[Exchange] = &[
    &[
        c("Thôi, {anh} không có nhu cầu đâu."),
        b("Dạ vâng, em ghi nhận ý kiến của {anh}. Em cảm ơn {anh} đã dành thời gian, chào {anh} ạ."),
    ],
    &[
        c("{Anh} không quan tâm, đừng gọi nữa nhé."),
        b("Dạ em xin lỗi vì đã làm phiền. Em sẽ ghi nhận yêu cầu này, chào {anh} ạ."),
    ],
    &[
        c("Dạo này kinh tế khó khăn, {anh} chưa làm được."),
        b("Dạ em hiểu ạ. Khi nào thuận tiện {anh} liên hệ lại với An Tâm giúp em. Em chào {anh}."),
        c("Ừ, chào em."),
    ],
    &[c("Không, {anh} tự quyết được, không cần nhắc."), b("Dạ vâng ạ, em cảm ơn {anh}. Chúc {anh} một ngày tốt lành.")],
    &[c("Nghe thì được nhưng {anh} không tham gia đâu."), b("Dạ em cảm ơn {anh} đã lắng nghe, chào {anh} ạ."), c("Ừ.")],
];

/// Another time.
pub const CALL_BACKS: &[Exchange] = &[
    &[
        c("Giờ {anh} đang họp, lát gọi lại nhé."),
        b("Dạ em gọi lại lúc {gio} được không ạ?"),
        c("Được."),
        b("Dạ em cảm ơn {anh}, em xin phép gọi lại sau ạ."),
    ],
    &[c("{Anh} đang lái xe, gọi sau đi."), b("Dạ vâng, {anh} lái xe an toàn, em sẽ gọi lại sau ạ.")],
    &[
        c("Để {anh} bàn với gia đình đã, mấy hôm nữa gọi lại."),
        b("Dạ em xin hẹn {anh} vào {thu} ạ."),
        c("Ừ, {thu} nhé."),
    ],
    &[c("Đang dở tay, chiều gọi lại cho {anh}."), b("Dạ vâng, chiều nay em gọi lại. Em chào {anh} ạ.")],
];

/// A person takes over for good.
pub const ADVISERS: &[Exchange] = &[
    &[
        c("Cái này phức tạp, cho {anh} gặp tư vấn viên."),
        b("Dạ em nối máy ngay, {anh} vui lòng giữ máy trong giây lát ạ."),
        c("Ừ."),
    ],
    &[
        c("{Anh} muốn nói chuyện với người thật."),
        b("Dạ vâng, em chuyển cuộc gọi đến tư vấn viên. Cảm ơn {anh} ạ."),
        c("Được."),
    ],
];

/// Somebody else.
pub const WRONG_PERSON: &[Exchange] = &[
    &[
        c("Nhầm máy rồi."),
        b("Dạ đây có phải số của {anh} {ten} không ạ?"),
        c("Không, tôi không biết ai tên thế."),
        b("Dạ em xin lỗi vì đã làm phiền, em sẽ cập nhật lại thông tin ạ."),
    ],
    &[c("Nhà tôi đi vắng, để quên máy ở nhà."), b("Dạ vậy em xin phép gọi lại sau. Em cảm ơn ạ."), c("Ừ.")],
    &[c("Số này tôi mới mua, không phải {ten} đâu."), b("Dạ em xin lỗi, em sẽ cập nhật để không gọi nhầm nữa ạ.")],
];

/// Nobody says a word.
pub const SILENT: &[Exchange] = &[
    &[
        b("Alo, {anh} {ten} có nghe em nói không ạ?"),
        b("Alo, {anh} còn ở đó không ạ?"),
        b("Dạ em không nghe thấy tiếng {anh}, em xin phép gọi lại sau ạ."),
    ],
    &[b("Alo, {anh} nghe máy không ạ?"), b("Alo?"), b("Có thể đường truyền không tốt, em sẽ liên hệ lại sau ạ.")],
];

/// It ends without a result that the script knows.
pub const UNCLEAR: &[Exchange] =
    &[&[c("Thôi để đấy đã."), b("Dạ vâng, em cảm ơn {anh} ạ.")], &[c("Ừ, cứ thế đi."), b("Dạ em chào {anh} ạ.")]];
