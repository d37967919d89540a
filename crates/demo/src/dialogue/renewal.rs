//! An insurance ends and may be renewed.

use super::words::{Script, bot as b, customer as c};

pub const SCRIPT: Script = Script {
    purposes: &[
        &[
            b(
                "Dạ bảo hiểm có số cuối {cuoi} của {anh} sẽ hết hạn vào ngày {ngay}. Em gọi để mời {anh} gia hạn, phí năm nay là {tien} ạ.",
            ),
            c("Nhanh thế, đã một năm rồi à?"),
            b("Dạ vâng ạ, còn ít ngày nữa là hết hạn."),
        ],
        &[
            b(
                "Em xin thông báo hợp đồng bảo hiểm của {anh} hết hiệu lực ngày {ngay}. Gia hạn trước hạn {anh} được giảm tám phần trăm ạ.",
            ),
            c("Giảm còn bao nhiêu?"),
            b("Dạ còn {tien} cho cả năm ạ."),
        ],
        &[
            b(
                "Dạ em gọi về việc gia hạn bảo hiểm cho {anh}. {Anh} đang dùng gói cũ và còn hiệu lực đến ngày {ngay} ạ.",
            ),
            c("Ừ, {anh} cũng đang tính."),
        ],
    ],
    middles: &[
        &[
            c("Sao phí năm nay tăng thế?"),
            b("Dạ mức phí tính theo giá trị hiện tại và lịch sử bồi thường, năm nay tăng nhẹ khoảng ba phần trăm ạ."),
            c("Năm nào cũng tăng."),
        ],
        &[
            c("Năm ngoái {anh} không bồi thường lần nào, có được giảm không?"),
            b("Dạ có ạ, {anh} được thưởng không bồi thường mười phần trăm, em đã trừ vào phí rồi."),
            c("Ừ, được đấy."),
        ],
        &[
            c("Quyền lợi có khác gì năm cũ không?"),
            b("Dạ quyền lợi giữ nguyên và thêm dịch vụ cứu hộ miễn phí trong bán kính năm mươi cây số ạ."),
            c("Thêm cứu hộ à, tốt."),
        ],
        &[
            c("Bên khác chào {anh} rẻ hơn."),
            b("Dạ {anh} nhờ em so sánh giúp phần miễn thường ạ: ở An Tâm miễn thường chỉ năm trăm nghìn mỗi vụ."),
            c("Để {anh} xem lại bên kia."),
        ],
        &[
            c("Giấy chứng nhận gửi bản giấy hay bản điện tử?"),
            b(
                "Dạ bản điện tử có giá trị như bản giấy và gửi ngay sau khi thanh toán. Bản giấy thì hai ngày {anh} nhận được ạ.",
            ),
            c("Bản điện tử là được."),
        ],
        &[
            b("Dạ trong năm vừa rồi có gì thay đổi về tài sản được bảo hiểm không ạ?"),
            c("Không, vẫn thế."),
            b("Dạ vâng, em giữ nguyên thông tin ạ."),
        ],
        &[
            c("Nếu {anh} để hết hạn rồi mới mua lại thì sao?"),
            b("Dạ trong thời gian gián đoạn {anh} không được bồi thường, và có thể phải giám định lại ạ."),
            c("Ừ, thế thì phiền."),
        ],
        &[
            c("Thanh toán hai lần được không em?"),
            b("Dạ được ạ, lần một khi cấp giấy chứng nhận, lần hai sau chín mươi ngày."),
            c("Ừ."),
        ],
        &[
            c("Mức miễn thường là thế nào, {anh} chưa hiểu."),
            b("Dạ là phần {anh} tự trả trong mỗi vụ tổn thất, phần vượt quá thì An Tâm chi trả ạ."),
            c("À, hiểu rồi."),
        ],
        &[
            b("{Anh} có muốn mua thêm phần bảo hiểm cho người đi cùng không ạ?"),
            c("Thêm bao nhiêu tiền?"),
            b("Dạ thêm sáu mươi sáu nghìn một năm cho mỗi người ạ."),
            c("Để {anh} nghĩ."),
        ],
        &[
            c("Lần trước gọi cứu hộ chờ gần hai tiếng đấy."),
            b("Dạ em xin lỗi {anh}. Năm nay An Tâm cam kết có mặt trong bốn mươi lăm phút ở nội thành ạ."),
            c("Ừ, mong là thế."),
        ],
        &[b("Dạ email của {anh} vẫn dùng như cũ chứ ạ?"), c("Vẫn thế.")],
    ],
    goals: &[
        &[
            c("Rồi, gia hạn cho {anh} đi."),
            b(
                "Dạ em cảm ơn {anh}. Em gửi đường dẫn thanh toán {tien}, thanh toán xong giấy chứng nhận sẽ về email của {anh} ạ.",
            ),
            c("Ok, {anh} làm luôn."),
            b("Dạ chúc {anh} thượng lộ bình an ạ."),
        ],
        &[
            c("Thôi cứ lấy gói như năm ngoái cho {anh}."),
            b("Dạ em xác nhận {anh} gia hạn gói cũ, hiệu lực nối tiếp từ ngày {ngay} ạ."),
            c("Đúng rồi, cảm ơn em."),
        ],
        &[
            c("Được, {anh} đồng ý, gửi thông tin qua tin nhắn nhé."),
            b("Dạ vâng, em gửi ngay. An Tâm cảm ơn {anh} đã tiếp tục đồng hành ạ."),
            c("Ừ, chào em."),
        ],
    ],
};
