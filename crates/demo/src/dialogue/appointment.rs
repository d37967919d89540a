//! An appointment is to be confirmed.

use super::words::{Exchange, Script, bot as b, customer as c};

pub const SCRIPT: Script = Script {
    purposes: &[
        &[
            b(
                "Dạ em gọi để xác nhận lịch khám sức khoẻ định kỳ của {anh} vào {gio} {thu}, ngày {ngay}, tại phòng khám An Tâm ạ.",
            ),
            c("Ừ, {anh} có đăng ký."),
        ],
        &[
            b(
                "Theo lịch thì {anh} có hẹn khám tổng quát lúc {gio}, ngày {ngay}. Em xin phép xác nhận lại với {anh} ạ.",
            ),
            c("À, để {anh} xem lịch."),
        ],
        &[
            b(
                "Dạ {anh} đang có lịch khám trong gói bảo hiểm sức khoẻ vào {thu} tới, lúc {gio} ạ. {Anh} vẫn đến được chứ ạ?",
            ),
            c("{thu} à em?"),
            b("Dạ đúng rồi ạ, {thu}, ngày {ngay}."),
        ],
    ],
    middles: &[
        &[
            c("Có phải nhịn ăn sáng không em?"),
            b("Dạ có ạ. {Anh} nhịn ăn ít nhất tám tiếng trước khi lấy máu, chỉ uống nước lọc thôi ạ."),
            c("Ừ, {anh} biết rồi."),
        ],
        &[
            c("Khám mất khoảng bao lâu?"),
            b("Dạ toàn bộ khoảng hai tiếng, nếu {anh} đến đúng giờ thì không phải chờ ạ."),
            c("Được, thế cũng nhanh."),
        ],
        &[
            c("Phòng khám ở chỗ nào ấy nhỉ?"),
            b("Dạ em sẽ nhắn địa chỉ và bản đồ chỉ đường vào số máy này cho {anh} ạ."),
            c("Ừ, nhắn giúp {anh}."),
        ],
        &[
            c("Cần mang theo giấy tờ gì?"),
            b("Dạ {anh} mang căn cước công dân và thẻ bảo hiểm, bản điện tử trên ứng dụng cũng được ạ."),
            c("Ok em."),
        ],
        &[
            c("Cho người nhà đi cùng được không?"),
            b("Dạ được ạ. Phòng khám có khu chờ riêng cho người nhà ở tầng hai."),
            c("Thế thì tốt."),
        ],
        &[
            c("Có chỗ gửi ô tô không em?"),
            b("Dạ có hầm gửi xe miễn phí cho khách khám, {anh} đi lối cổng bên phải ạ."),
            c("Ừ."),
        ],
        &[
            c("{Anh} đang uống thuốc huyết áp thì có phải ngưng không?"),
            b("Dạ {anh} cứ uống thuốc như bác sĩ đã kê, hôm khám {anh} báo lại với điều dưỡng giúp em ạ."),
            c("Ừ, {anh} hiểu rồi."),
        ],
        &[
            c("Khám xong bao giờ có kết quả?"),
            b("Dạ kết quả có sau ba ngày làm việc, {anh} xem trên ứng dụng hoặc nhận bản giấy tại quầy ạ."),
            c("Được rồi."),
        ],
        &[
            b("Dạ {anh} có đang dùng thuốc hoặc dị ứng gì cần báo trước cho bác sĩ không ạ?"),
            c("Không, {anh} bình thường."),
            b("Dạ vâng, em ghi nhận ạ."),
        ],
        &[
            c("Gói này có siêu âm không?"),
            b("Dạ gói của {anh} gồm xét nghiệm máu, siêu âm bụng, điện tim và chụp phổi ạ."),
            c("Thế là đủ rồi."),
        ],
    ],
    goals: &[
        &[
            c("Được, hôm đó {anh} đến."),
            b("Dạ em đã xác nhận lịch {gio} {thu} cho {anh}. Hẹn gặp {anh} tại phòng khám ạ."),
            c("Ừ, cảm ơn em."),
        ],
        &[
            c("Ừ, giữ lịch đó cho {anh} nhé."),
            b("Dạ vâng, lịch khám ngày {ngay} của {anh} đã được giữ. Trước một ngày em sẽ nhắn tin nhắc {anh} ạ."),
            c("Ok, chào em."),
        ],
        &[
            c("Xác nhận nhé, {anh} sẽ đến sớm mười phút."),
            b("Dạ tuyệt vời ạ, em cảm ơn {anh}. Chúc {anh} một ngày tốt lành."),
        ],
    ],
};

/// Endings with another time.
pub const OTHER_TIME: &[Exchange] = &[
    &[
        c("Hôm đó {anh} bận mất rồi, dời sang tuần sau được không?"),
        b("Dạ được ạ, em chuyển yêu cầu đổi lịch cho phòng khám, trong hôm nay sẽ có người báo giờ mới cho {anh}."),
        c("Ừ, thế nhé."),
    ],
    &[
        c("Chuyển cho {anh} sang buổi chiều đi."),
        b("Dạ em ghi nhận {anh} muốn đổi sang buổi chiều cùng ngày. Phòng khám sẽ nhắn tin xác nhận ạ."),
        c("Cảm ơn em."),
    ],
    &[
        c("{Anh} đang đi công tác, cuối tháng mới về."),
        b("Dạ vậy em xin dời lịch của {anh} sang đầu tháng sau, phòng khám sẽ liên hệ lại để chọn ngày ạ."),
        c("Được em."),
    ],
];
