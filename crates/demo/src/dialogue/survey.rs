//! How content the customer is after a claim.

use super::words::{Exchange, Script, bot as b, customer as c};

pub const SCRIPT: Script = Script {
    purposes: &[
        &[
            b(
                "Dạ vừa qua An Tâm đã giải quyết hồ sơ bồi thường của {anh}. Em xin phép hỏi {anh} vài câu về mức độ hài lòng ạ.",
            ),
            c("Ừ, em hỏi đi."),
        ],
        &[
            b("Em gọi để khảo sát về hồ sơ bồi thường có số cuối {cuoi}. {Anh} đã nhận được tiền bồi thường chưa ạ?"),
            c("{Anh} nhận rồi."),
        ],
        &[
            b("Dạ để phục vụ tốt hơn, em mong {anh} chia sẻ cảm nhận về lần giải quyết bồi thường vừa rồi ạ."),
            c("Có lâu không em?"),
            b("Dạ chỉ khoảng hai phút thôi ạ."),
        ],
    ],
    middles: &[
        &[
            b("Trên thang điểm từ một đến mười, {anh} chấm thời gian giải quyết hồ sơ mấy điểm ạ?"),
            c("Chắc {diem} điểm."),
            b("Dạ em ghi nhận {diem} điểm ạ."),
        ],
        &[
            b("Nhân viên tiếp nhận hồ sơ có giải thích rõ các giấy tờ cần nộp không ạ?"),
            c("Cũng rõ, nhưng {anh} phải bổ sung một lần."),
            b("Dạ em cảm ơn, em xin ghi lại góp ý này ạ."),
        ],
        &[
            b("{Anh} nộp hồ sơ qua ứng dụng hay tại quầy ạ?"),
            c("{Anh} chụp ảnh gửi qua ứng dụng."),
            b("Dạ, {anh} thấy thao tác trên ứng dụng có dễ dùng không ạ?"),
            c("Cũng dễ."),
        ],
        &[
            b("Thái độ của nhân viên giám định thì {anh} đánh giá thế nào ạ?"),
            c("Nhiệt tình, nói năng nhẹ nhàng."),
            b("Dạ em rất vui khi nghe điều đó ạ."),
        ],
        &[b("Số tiền bồi thường có đúng với mức {anh} được tư vấn ban đầu không ạ?"), c("Ừ, đúng như đã nói.")],
        &[
            b("Khả năng {anh} giới thiệu An Tâm cho người thân là bao nhiêu điểm ạ?"),
            c("{diem} điểm nhé."),
            b("Dạ vâng ạ."),
        ],
        &[
            b("Điều gì {anh} chưa hài lòng nhất trong lần vừa rồi ạ?"),
            c("Chờ điện thoại hơi lâu thôi em."),
            b("Dạ em xin lỗi về sự bất tiện đó, em đã ghi nhận ạ."),
        ],
        &[
            b("Từ lúc nộp đủ giấy tờ đến lúc nhận tiền là khoảng mấy ngày ạ?"),
            c("Tầm một tuần, {anh} không nhớ chính xác."),
            b("Dạ vâng, em ghi là khoảng bảy ngày ạ."),
        ],
        &[
            c("Khảo sát này có lưu tên {anh} không?"),
            b("Dạ câu trả lời chỉ dùng để cải thiện dịch vụ, không ảnh hưởng đến quyền lợi của {anh} ạ."),
            c("Ừ, thế được."),
        ],
        &[b("{Anh} có nhận đủ tin nhắn báo tình trạng hồ sơ không ạ?"), c("Có, mỗi bước một tin.")],
        &[
            b("Nếu có lần sau, {anh} muốn được liên hệ qua điện thoại hay tin nhắn ạ?"),
            c("Nhắn tin cho tiện."),
            b("Dạ em ghi nhận ạ."),
        ],
    ],
    goals: &[
        &[
            b("Câu cuối ạ: nhìn chung {anh} hài lòng ở mức mấy trên mười?"),
            c("{diem} điểm."),
            b("Dạ em cảm ơn {anh} đã hoàn thành khảo sát. Chúc {anh} và gia đình nhiều sức khoẻ ạ."),
            c("Ừ, chào em."),
        ],
        &[
            b("Dạ em hỏi nốt, {anh} có muốn góp ý thêm điều gì không ạ?"),
            c("Không, thế là tốt rồi."),
            b("Em cảm ơn {anh} đã dành thời gian trả lời khảo sát. Chào {anh} ạ."),
        ],
        &[b("Vậy là khảo sát đã xong. Em thay mặt An Tâm cảm ơn {anh} ạ."), c("Ừ, không có gì.")],
    ],
};

/// Endings with a complaint; also those of the welcome call.
pub const COMPLAINT: &[Exchange] = &[
    &[
        c("Nói thật là {anh} chưa hài lòng, gọi tổng đài ba lần mới có người trả lời."),
        b(
            "Dạ em thành thật xin lỗi {anh}. Em chuyển phản ánh này cho bộ phận phụ trách, họ sẽ gọi lại trong 24 giờ ạ.",
        ),
        c("Ừ, gọi sớm cho {anh}."),
    ],
    &[
        c("Thông tin trong hợp đồng ghi sai, {anh} báo rồi mà chưa ai sửa."),
        b("Dạ em xin lỗi {anh}. Em đã lập phiếu xử lý, chuyên viên sẽ liên hệ với {anh} trong ngày ạ."),
        c("Được, {anh} chờ."),
    ],
    &[
        c("Tiền về thiếu so với lúc tư vấn, em xem lại cho {anh}."),
        b("Dạ em ghi nhận phản ánh về số tiền. Bộ phận bồi thường sẽ kiểm tra và gọi lại cho {anh} ạ."),
        c("Ừ."),
    ],
];
