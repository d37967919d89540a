//! A fee is due.

use super::words::{Script, bot as b, customer as c};

pub const SCRIPT: Script = Script {
    purposes: &[
        &[
            b(
                "Dạ, hợp đồng có số cuối {cuoi} của {anh} đến hạn đóng phí ngày {ngay}, số tiền {tien}. {Anh} dự kiến đóng vào ngày nào ạ?",
            ),
            c("Để {anh} xem lại đã."),
        ],
        &[
            b("Dạ em gọi để nhắc {anh} kỳ phí bảo hiểm sắp tới. Hạn đóng là ngày {ngay}, số tiền là {tien} ạ."),
            c("À, thế à, {anh} quên mất."),
        ],
        &[
            b(
                "Em xin thông báo phí bảo hiểm định kỳ của {anh} là {tien}, hạn đóng ngày {ngay}. {Anh} đã nhận được tin nhắn của An Tâm chưa ạ?",
            ),
            c("Hình như có, {anh} chưa đọc kỹ."),
        ],
        &[
            b("Dạ còn ít ngày nữa là đến hạn đóng phí hợp đồng của {anh}, cụ thể là ngày {ngay}, số tiền {tien} ạ."),
            c("Ừ, {anh} biết rồi."),
        ],
    ],
    middles: &[
        &[
            c("Kỳ này sao cao hơn kỳ trước thế em?"),
            b("Dạ kỳ này có thêm phí của quyền lợi nội trú mà {anh} đăng ký bổ sung, phần phí chính vẫn giữ nguyên ạ."),
            c("À ừ, {anh} nhớ ra rồi."),
        ],
        &[
            c("Đóng trễ vài ngày có sao không?"),
            b(
                "Dạ hợp đồng có thời gian gia hạn 60 ngày kể từ ngày đến hạn, trong thời gian đó quyền lợi vẫn giữ nguyên ạ.",
            ),
            c("Ừ, thế thì được."),
        ],
        &[
            c("Bây giờ đóng bằng cách nào cho tiện?"),
            b("Dạ {anh} có thể chuyển khoản, quét mã trên ứng dụng An Tâm, hoặc đóng tại quầy giao dịch gần nhất ạ."),
            c("Thế quét mã cho nhanh."),
        ],
        &[
            c("Số tài khoản vẫn như cũ chứ em?"),
            b("Dạ vẫn là tài khoản của công ty An Tâm như các kỳ trước. Em sẽ nhắn lại để {anh} tiện kiểm tra ạ."),
            c("Ừ, nhắn cho {anh} nhé."),
        ],
        &[
            c("Có xuất hoá đơn cho {anh} không?"),
            b("Dạ có ạ. Hoá đơn điện tử được gửi vào email đã đăng ký trong vòng hai ngày làm việc."),
            c("Được rồi em."),
        ],
        &[
            c("Chia ra đóng theo quý được không?"),
            b("Dạ được ạ. {Anh} có thể chuyển sang đóng theo quý hoặc nửa năm, thay đổi có hiệu lực từ kỳ sau."),
            c("Ừ, để {anh} bàn lại với nhà {anh}."),
        ],
        &[
            b("Dạ {anh} có muốn đăng ký trích nợ tự động để những kỳ sau không phải nhớ ngày không ạ?"),
            c("Thôi, cứ để {anh} tự đóng."),
            b("Dạ vâng, em giữ nguyên hình thức hiện tại ạ."),
        ],
        &[
            c("Hợp đồng này của {anh} còn mấy năm nữa?"),
            b("Dạ hợp đồng của {anh} còn bảy năm đóng phí, quyền lợi bảo vệ kéo dài đến hết thời hạn ạ."),
            c("Lâu thế cơ à."),
        ],
        &[
            c("{Anh} đổi địa chỉ rồi, báo ở đâu?"),
            b(
                "Dạ {anh} có thể sửa trong mục thông tin cá nhân trên ứng dụng, hoặc gọi tổng đài chăm sóc khách hàng ạ.",
            ),
            c("Ừ, để {anh} vào sửa."),
        ],
        &[
            c("Nếu giờ {anh} dừng không đóng nữa thì sao?"),
            b(
                "Dạ nếu quá thời gian gia hạn mà chưa đóng phí thì hợp đồng tạm mất hiệu lực, {anh} sẽ không được chi trả quyền lợi ạ.",
            ),
            c("Thế thì cũng tiếc nhỉ."),
        ],
        &[
            b("Dạ {anh} có cần em nhắc lại trước hạn một ngày nữa không ạ?"),
            c("Có, nhắn tin cho {anh} là được."),
            b("Dạ em đã ghi nhận ạ."),
        ],
        &[
            c("Em nói lại số tiền cho {anh} ghi."),
            b("Dạ số tiền là {tien}, hạn đóng ngày {ngay} ạ."),
            c("Rồi, {anh} ghi rồi."),
        ],
    ],
    goals: &[
        &[
            c("Chắc {thu} này {anh} chuyển khoản."),
            b("Dạ em ghi nhận {anh} sẽ chuyển khoản vào {thu}, đúng không ạ?"),
            c("Đúng rồi em."),
            b("Dạ em cảm ơn {anh}. Em sẽ nhắn thông tin tài khoản đến số máy này. Chúc {anh} một ngày tốt lành ạ."),
            c("Ừ, cảm ơn em."),
        ],
        &[
            c("Được rồi, tối nay {anh} đóng luôn."),
            b("Dạ vâng, em ghi nhận {anh} đóng phí trong tối nay. Em cảm ơn {anh} nhiều ạ."),
            c("Ừ, chào em."),
        ],
        &[
            c("Ừ, {thu} lĩnh lương {anh} đóng."),
            b("Dạ em xin xác nhận {anh} đồng ý đóng {tien} vào {thu} ạ."),
            c("Ừ đúng rồi."),
            b("Em cảm ơn {anh}, chúc {anh} và gia đình nhiều sức khoẻ ạ."),
        ],
        &[
            c("Gửi {anh} mã thanh toán đi, {anh} trả ngay đây."),
            b("Dạ em gửi mã vào tin nhắn của số máy này ngay bây giờ. Em cảm ơn {anh} ạ."),
            c("Ok em."),
        ],
    ],
};
