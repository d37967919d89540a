//! A new plan is introduced.

use super::words::{Script, bot as b, customer as c};

pub const SCRIPT: Script = Script {
    purposes: &[
        &[
            b(
                "Dạ An Tâm vừa ra mắt gói bảo hiểm mới dành cho gia đình, phí chỉ từ {tien} một năm. Em xin phép giới thiệu nhanh với {anh} ạ.",
            ),
            c("Gói gì thế em?"),
            b("Dạ gói này chi trả viện phí nội trú, ngoại trú và tai nạn cho cả nhà trên một hợp đồng ạ."),
        ],
        &[
            b(
                "Em gọi để gửi {anh} ưu đãi khách hàng thân thiết: giảm mười phần trăm khi tham gia gói mới trước ngày {ngay} ạ.",
            ),
            c("Ưu đãi thế nào, em nói xem."),
        ],
        &[
            b(
                "Dạ {anh} đang là khách hàng của An Tâm nên được ưu tiên tham gia gói bảo vệ mới mà không cần khám sức khoẻ ạ.",
            ),
            c("Không cần khám luôn à?"),
            b("Dạ vâng, chỉ cần kê khai sức khoẻ trên ứng dụng thôi ạ."),
        ],
    ],
    middles: &[
        &[
            c("Phí đóng một năm là bao nhiêu?"),
            b("Dạ với độ tuổi của {anh} thì khoảng {tien} một năm, có thể chia làm bốn lần ạ."),
            c("Cũng không rẻ nhỉ."),
        ],
        &[
            c("Thế nằm viện thì được trả bao nhiêu?"),
            b("Dạ mỗi ngày nằm viện được chi trả tối đa hai triệu đồng, cả năm tối đa hai trăm triệu ạ."),
            c("Ừ."),
        ],
        &[
            c("Bệnh có sẵn thì có được tính không?"),
            b("Dạ bệnh có sẵn được chi trả sau mười hai tháng kể từ ngày hợp đồng có hiệu lực ạ."),
            c("Thế phải chờ một năm."),
            b("Dạ đúng rồi ạ, còn tai nạn thì được chi trả ngay."),
        ],
        &[
            c("Bệnh viện nào cũng dùng được à?"),
            b(
                "Dạ An Tâm bảo lãnh viện phí tại hơn hai trăm bệnh viện, nơi khác thì {anh} gửi hoá đơn để thanh toán sau ạ.",
            ),
            c("Cũng tiện."),
        ],
        &[
            c("Con {anh} mới ba tuổi có tham gia được không?"),
            b("Dạ được ạ, trẻ từ mười lăm ngày tuổi đã có thể tham gia cùng bố mẹ."),
            c("Ừ, nghe cũng được."),
        ],
        &[
            c("{Anh} có bảo hiểm y tế rồi, mua thêm làm gì?"),
            b(
                "Dạ bảo hiểm y tế trả theo giá dịch vụ công, gói này trả thêm phần chênh lệch khi {anh} khám ở bệnh viện tư ạ.",
            ),
            c("Ra thế."),
        ],
        &[
            c("Hồi trước {anh} mua chỗ khác, lúc đòi bồi thường khó lắm."),
            b(
                "Dạ em hiểu ạ. Ở An Tâm {anh} chụp ảnh giấy tờ gửi qua ứng dụng, hồ sơ dưới mười triệu được trả trong ba ngày.",
            ),
            c("Nói thì hay thế."),
        ],
        &[
            b("Dạ gia đình mình có mấy người dự định tham gia ạ?"),
            c("Bốn người, hai vợ chồng với hai đứa nhỏ."),
            b("Dạ từ bốn người trở lên được giảm thêm năm phần trăm ạ."),
        ],
        &[b("{Anh} thường khám ở bệnh viện công hay tư ạ?"), c("Cũng tuỳ, gần đâu thì khám đấy.")],
        &[
            c("Nếu giữa chừng không đóng nữa thì mất hết à?"),
            b("Dạ đây là gói đóng theo năm, năm nào {anh} tham gia thì được bảo vệ năm đó, không bị ràng buộc ạ."),
            c("Ừ, thế còn được."),
        ],
        &[c("Có mất thêm phí gì không?"), b("Dạ không ạ, phí em báo đã gồm tất cả, không phát sinh thêm."), c("Ừ.")],
        &[
            b("Em gửi {anh} bảng quyền lợi để {anh} xem trước qua tin nhắn nhé ạ?"),
            c("Ừ, gửi đi {anh} xem."),
            b("Dạ em gửi ngay sau cuộc gọi ạ."),
        ],
    ],
    goals: &[
        &[
            c("Nghe cũng hợp lý, cho người gọi tư vấn kỹ cho {anh}."),
            b("Dạ vâng, tư vấn viên sẽ gọi cho {anh} lúc {gio} ngày mai, {anh} tiện không ạ?"),
            c("Được em."),
            b("Em cảm ơn {anh} đã quan tâm, hẹn {anh} ngày mai ạ."),
        ],
        &[
            c("{Anh} đăng ký tư vấn nhé, gửi bảng phí cho {anh} luôn."),
            b("Dạ em đã ghi nhận và gửi bảng phí vào số máy này. Em cảm ơn {anh} ạ."),
            c("Ừ, cảm ơn em."),
        ],
        &[
            c("Thế thì {anh} muốn tham gia cho cả nhà."),
            b("Dạ tuyệt vời ạ. Chuyên viên sẽ liên hệ trong hôm nay để làm hồ sơ cho {anh}."),
            c("Ok em."),
        ],
    ],
};
