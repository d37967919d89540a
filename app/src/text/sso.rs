//! Single sign-on: what pages outside of the application say.

use super::messages;

messages! {
    sso_sign_in(name) = "Đăng nhập bằng {name}", "Sign in with {name}";
    sso_or = "hoặc bằng mật khẩu", "or with a password";
    sso_other_ways = "Đăng nhập cách khác", "Sign in another way";
    sso_again = "Lần đăng nhập này đã quá lâu, đã dùng rồi, hoặc bắt đầu ở trình duyệt khác. Hãy bắt đầu lại.", "This sign-in is too old, was used already, or was begun in another browser. Please start again.";
    sso_not_granted(name) = "{name} không cho đăng nhập, hoặc bạn đã dừng lại giữa chừng.", "{name} did not let you sign in, or you went no further.";
    sso_no_room(name) = "Bạn đã đăng nhập ở {name}, nhưng tài khoản của nhóm bạn đã đủ người. Hãy nhờ chủ tài khoản gỡ bớt người hoặc xin thêm hạn mức.", "You have signed in with {name}, but the account of your group has all the people it may have. Ask its owner to remove somebody, or to ask for a higher quota.";
    sso_no_account(name) = "Bạn đã đăng nhập ở {name}, nhưng chưa thuộc tài khoản nào ở đây. Hãy nhờ chủ tài khoản hoặc bộ phận IT thêm bạn vào nhóm phù hợp.", "You have signed in with {name}, but belong to no account here. Ask an account's owner or your IT to put you into a group.";
    sso_no_email(name) = "{name} không cho biết địa chỉ email của bạn, nên chưa thể tạo người dùng. Hãy báo bộ phận IT.", "{name} does not tell your email address, so you could not be added. Please tell your IT.";
    sso_unverified(name) = "{name} chưa xác nhận địa chỉ email là của bạn, nên chưa thể cho bạn vào. Hãy báo bộ phận IT.", "{name} has not verified that your email address is yours, so you could not be let in. Please tell your IT.";
    sso_not_believed(name) = "Câu trả lời của {name} không hợp lệ, nên bạn chưa được đăng nhập. Hãy thử lại; nếu vẫn vậy, báo người vận hành.", "The answer of {name} is not valid, so you are not signed in. Try again; if it stays, tell the operator.";
    sso_down(name) = "{name} hiện không trả lời. Hãy thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu.", "{name} does not answer now. Try again in a few minutes, or sign in with a password.";
    sso_reference(reference) = "Mã tham chiếu: {reference}", "Reference: {reference}";
    sso_alone = "Tài khoản của bạn chỉ nhận đăng nhập một lần (SSO), không nhận mật khẩu.", "Your account is opened by single sign-on alone, not by a password.";
    sso_signing_out(name) = "Bạn đã đăng xuất ở đây, và đang được đăng xuất ở {name}.", "You are signed out here, and are being signed out of {name}.";
    sso_go_on = "Tiếp tục", "Go on";
}
