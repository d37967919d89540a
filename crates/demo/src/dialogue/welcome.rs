//! A new contract's details are confirmed, the customer is made welcome.

use super::words::{Script, bot as b, customer as c};

pub const SCRIPT: Script = Script {
    purposes: &[
        &[
            b(
                "Dạ An Tâm chào mừng {anh} đã trở thành khách hàng. Em gọi để xác nhận lại thông tin hợp đồng có số cuối {cuoi} ạ.",
            ),
            c("Ừ, em đọc đi."),
        ],
        &[
            b("Em gọi để cảm ơn {anh} đã tham gia bảo hiểm tại An Tâm, và xin kiểm tra lại vài thông tin ạ."),
            c("Thông tin gì em?"),
            b("Dạ gồm ngày hiệu lực, mức phí và người thụ hưởng ạ."),
        ],
        &[
            b(
                "Dạ hợp đồng của {anh} đã có hiệu lực từ ngày hôm qua. Em xin phép hướng dẫn {anh} cách sử dụng quyền lợi ạ.",
            ),
            c("Hay quá, em nói đi."),
        ],
    ],
    middles: &[
        &[b("Phí định kỳ của {anh} là {tien}, đóng mỗi năm một lần, đúng không ạ?"), c("Đúng rồi.")],
        &[
            b("Địa chỉ nhận hợp đồng bản giấy của {anh} vẫn như lúc đăng ký chứ ạ?"),
            c("Vẫn thế, gửi giờ hành chính nhé."),
            b("Dạ em ghi chú giao giờ hành chính ạ."),
        ],
        &[
            b("{Anh} đã được tư vấn viên giải thích các điểm loại trừ chưa ạ?"),
            c("Có, bạn ấy nói kỹ lắm."),
            b("Dạ vâng, em cảm ơn ạ."),
        ],
        &[
            c("{Anh} xem hợp đồng ở đâu?"),
            b("Dạ {anh} tải ứng dụng An Tâm, đăng nhập bằng số điện thoại này là thấy hợp đồng bản điện tử ạ."),
            c("Để {anh} tải thử."),
        ],
        &[
            c("Bao lâu thì được hưởng quyền lợi?"),
            b("Dạ tai nạn được bảo vệ ngay, bệnh thông thường sau ba mươi ngày ạ."),
            c("Ừ, {anh} nhớ rồi."),
        ],
        &[
            b("Người thụ hưởng trong hợp đồng là vợ hoặc chồng của {anh}, phần trăm hưởng là một trăm, đúng không ạ?"),
            c("Đúng em."),
        ],
        &[
            c("Lúc cần bồi thường thì gọi số nào?"),
            b("Dạ {anh} gọi tổng đài miễn phí in ở mặt sau thẻ, phục vụ cả ngày lẫn đêm ạ."),
            c("Ok."),
        ],
        &[
            c("{Anh} đổi ý muốn huỷ thì còn kịp không?"),
            b("Dạ {anh} có hai mươi mốt ngày cân nhắc kể từ ngày nhận hợp đồng, trong thời gian đó được hoàn phí ạ."),
            c("Hỏi cho biết thôi, {anh} không huỷ đâu."),
        ],
        &[b("{Anh} có muốn nhận thông báo qua email hay tin nhắn ạ?"), c("Tin nhắn đi em."), b("Dạ em ghi nhận ạ.")],
        &[
            b("Dạ ngày sinh trong hợp đồng em xin phép không đọc to, {anh} kiểm tra giúp em trên ứng dụng nhé ạ?"),
            c("Ừ, {anh} kiểm tra rồi, đúng."),
        ],
        &[
            c("Thẻ cứng bao giờ có?"),
            b("Dạ thẻ cứng được gửi cùng hợp đồng trong mười ngày làm việc, thẻ điện tử thì dùng được ngay ạ."),
            c("Ừ, được."),
        ],
    ],
    goals: &[
        &[
            c("Thông tin đúng hết rồi em."),
            b("Dạ em đã xác nhận đầy đủ. Cảm ơn {anh} đã tin tưởng An Tâm, chúc {anh} nhiều sức khoẻ ạ."),
            c("Ừ, cảm ơn em."),
        ],
        &[c("Ok, {anh} xác nhận."), b("Dạ vâng, hợp đồng của {anh} đã hoàn tất. Em chào {anh} ạ."), c("Chào em.")],
        &[
            c("Đúng cả, không phải sửa gì."),
            b("Dạ em cảm ơn {anh}. Nếu cần hỗ trợ, {anh} cứ nhắn tin vào ứng dụng bất cứ lúc nào ạ."),
            c("Ừ, tốt lắm."),
        ],
    ],
};
