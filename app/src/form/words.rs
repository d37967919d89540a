//! What is wrong with a field, in both languages: the words of the server's answer and of what is said as one types.

use domain::{InputError, format};

use crate::{Text, text::messages};

impl Text {
    /// What is wrong with a field.
    pub fn input_error(self, error: &InputError) -> String {
        let int = |n: usize| self.int(n as u64);
        match error {
            InputError::Missing => self.input_missing().to_owned(),
            InputError::TooLong(max) => self.input_too_long(&int(*max)),
            InputError::Control => self.input_control().to_owned(),
            InputError::NotAnAddress(part) => self.input_not_an_address(part),
            InputError::TooManyAddresses(max) => self.input_too_many_addresses(&int(*max)),
            InputError::PasswordTooShort => self.password_too_short().to_owned(),
            InputError::PasswordTooSimple => self.password_too_simple().to_owned(),
            InputError::PasswordTooCommon => self.password_too_common().to_owned(),
            InputError::PasswordIsEmail => self.password_is_email().to_owned(),
            InputError::PasswordAsBefore => self.password_as_before().to_owned(),
            InputError::PasswordTooLong => self.password_too_long().to_owned(),
            InputError::Differs => self.passwords_differ().to_owned(),
            InputError::NotANumber(min, max) => self.input_not_a_number(&min.to_string(), &max.to_string()),
            InputError::NotANumberToDial => self.input_not_a_number_to_dial().to_owned(),
            InputError::NotAChoice => self.input_not_a_choice().to_owned(),
            InputError::NothingTicked => self.input_nothing_ticked().to_owned(),
            InputError::Taken => self.input_taken().to_owned(),
            InputError::WrongPassword => self.input_wrong_password().to_owned(),
            InputError::NotACountry => self.input_not_a_country().to_owned(),
            InputError::NotAZone => self.input_not_a_zone().to_owned(),
            InputError::NotACurrency => self.input_not_a_currency().to_owned(),
            InputError::NoMorePeople(limit) => self.input_no_more_people(&format::integer(*limit, self.language())),
            InputError::AlreadyAUser => self.input_already_a_user().to_owned(),
            InputError::LastOwner => self.input_last_owner().to_owned(),
            InputError::ForViewersOnly => self.input_for_viewers_only().to_owned(),
            InputError::ChosenAndAll => self.input_chosen_and_all().to_owned(),
            InputError::NothingChosen => self.input_nothing_chosen().to_owned(),
            InputError::NoSuchVoicebot(name) => self.input_no_such_voicebot(name),
            InputError::NoSuchCampaign(name) => self.input_no_such_campaign(name),
            InputError::NotAColour => self.input_not_a_colour().to_owned(),
            InputError::NoGoal => self.input_no_goal().to_owned(),
            InputError::NotASpelling(line) => self.input_not_a_spelling(line),
            InputError::SpellingTwice(line) => self.input_spelling_twice(line),
            InputError::SpellingOfTheSystem(line) => self.input_spelling_of_the_system(line),
            InputError::NoSuchCode(line) => self.input_no_such_code(line),
            InputError::TooManyLines(max) => self.input_too_many_lines(&int(*max)),
            InputError::NotALine(line) => self.input_not_a_line(line),
            InputError::EndsBefore => self.input_ends_before().to_owned(),
            InputError::HoursCross => self.input_hours_cross().to_owned(),
            InputError::NotARedial(times, minutes) => {
                self.input_not_a_redial(&self.int(u64::from(*times)), &self.int(u64::from(*minutes)))
            }
            InputError::NotAHost => self.input_not_a_host().to_owned(),
            InputError::NotAHeader => self.input_not_a_header().to_owned(),
            InputError::SecondsDiffer => self.input_seconds_differ().to_owned(),
            InputError::NotAnAmount => self.input_not_an_amount().to_owned(),
            InputError::DoubtfulAmount => self.input_doubtful_amount().to_owned(),
            InputError::AmountTooLarge(max) => self.input_amount_too_large(&format::integer(*max, self.language())),
            InputError::DayTooDear(max) => self.input_day_too_dear(&format::integer(*max, self.language())),
            InputError::NotADay => self.day_wrong().to_owned(),
            InputError::DayOver => self.input_day_over().to_owned(),
            InputError::NoReason => self.input_no_reason().to_owned(),
            InputError::NoFile => self.input_no_file().to_owned(),
        }
    }
}

messages! {
    form_refused = "Chưa xong. Hãy sửa những mục sau:", "Not done yet. Please correct:";
    input_missing = "Hãy điền mục này.", "Please fill this in.";
    input_too_long(max) = "Không được dài quá {max} ký tự.", "At most {max} characters are allowed.";
    input_control = "Chỉ một dòng chữ, không có ký tự điều khiển.", "One line of text only, without control characters.";
    input_not_an_address(part) = "“{part}” không phải là một địa chỉ email.", "“{part}” is not an email address.";
    input_too_many_addresses(max) = "Không được nhiều hơn {max} địa chỉ.", "At most {max} addresses are allowed.";
    input_not_a_number(min, max) = "Hãy nhập một số nguyên từ {min} đến {max}.", "Please enter a whole number from {min} to {max}.";
    input_not_a_number_to_dial = "Hãy nhập một số điện thoại.", "Please enter a phone number.";
    input_taken = "Tên này đã có. Hãy chọn tên khác.", "This name is taken. Please choose another.";
    input_wrong_password = "Mật khẩu chưa đúng.", "This is not your password.";
    input_not_a_country = "Hãy nhập hai chữ cái của quốc gia, ví dụ VN.", "Please enter a country by two letters, such as VN.";
    input_not_a_zone = "Hãy nhập một múi giờ, ví dụ Asia/Ho_Chi_Minh.", "Please enter a time zone, such as Asia/Ho_Chi_Minh.";
    input_not_a_currency = "Hãy nhập ba chữ cái của tiền tệ, ví dụ VND.", "Please enter a currency by three letters, such as VND.";
    input_no_more_people(limit) = "Tài khoản đã đủ {limit} người, kể cả lời mời. Hãy gỡ bớt hoặc liên hệ người vận hành dịch vụ.", "The account has its {limit} people, invitations among them. Remove somebody, or ask the operator of the service.";
    input_already_a_user = "Người này đã thuộc tài khoản.", "This person belongs to the account already.";
    input_last_owner = "Tài khoản cần ít nhất một chủ tài khoản.", "The account needs an owner.";
    input_for_viewers_only = "Chỉ giới hạn được phạm vi của người xem.", "Only what viewers see can be limited.";
    input_chosen_and_all = "Bên dưới có ghi chiến dịch hoặc voicebot. Hãy chọn “Chỉ những mục ghi bên dưới”, hoặc xoá chúng.", "Campaigns or voicebots are named below. Choose “Only what is named below”, or remove them.";
    input_nothing_chosen = "Hãy ghi ít nhất một chiến dịch hoặc voicebot.", "Name at least one campaign or voicebot.";
    input_no_such_voicebot(name) = "Không có voicebot “{name}”.", "There is no voicebot “{name}”.";
    input_no_such_campaign(name) = "Không có chiến dịch “{name}”.", "There is no campaign “{name}”.";
    input_not_a_colour = "Hãy nhập màu như #16a34a.", "Please enter a colour such as #16a34a.";
    input_no_goal = "Mục tiêu phải được tính là thành công.", "A goal must count as success.";
    input_not_a_spelling(line) = "Không đọc được “{line}”. Viết: cách viết = mã, ví dụ BUSY = BS.", "“{line}” cannot be read. Write spelling = code, such as BUSY = BS.";
    input_spelling_twice(line) = "“{line}”: cách viết này đã có ở một dòng khác (không phân biệt hoa thường, dấu).", "“{line}”: another line has this spelling already (capitals and accents make no difference).";
    input_spelling_of_the_system(line) = "“{line}”: BS, NA và CU giữ nguyên nghĩa.", "“{line}”: BS, NA and CU keep their meaning.";
    input_no_such_code(line) = "“{line}”: chưa có mã này. Hãy khai báo mã trước.", "“{line}”: there is no such code. Declare it first.";
    input_too_many_lines(max) = "Không được nhiều hơn {max} dòng.", "At most {max} lines are allowed.";
    password_as_before = "Đây là mật khẩu hiện tại. Hãy chọn mật khẩu khác.", "This is your present password. Please choose another.";
    input_not_a_line(line) = "Không đọc được “{line}”. Xem cách viết bên dưới.", "“{line}” cannot be read. See below how to write it.";
    input_ends_before = "Ngày cuối phải sau hoặc trùng ngày đầu.", "The last day cannot be before the first.";
    input_hours_cross = "Các khung giờ phải theo thứ tự, không chồng nhau, và kết thúc sau khi bắt đầu.", "Hours must be in order, apart from each other, and end after they begin.";
    input_not_a_redial(times, minutes) = "Mỗi mã một dòng, từ 1 đến {times} lần, cách nhau không quá {minutes} phút.", "One line for a code, 1 to {times} times, at most {minutes} minutes apart.";
    input_not_a_host = "Hãy nhập tên máy chủ, ví dụ api.twilio.com.", "Please enter the name of a server, such as api.twilio.com.";
    input_not_a_header = "Hãy nhập tên tiêu đề HTTP, ví dụ x-api-key.", "Please enter the name of an HTTP header, such as x-api-key.";
    input_seconds_differ = "Số giây đã nhập khác với lựa chọn này. Hãy chọn “Số giây khác”, hoặc xoá số giây.", "The seconds typed are not those of this choice. Choose “Other seconds”, or remove them.";
    input_not_an_amount = "Hãy nhập một số tiền, ví dụ 320 hoặc 2,5.", "Please enter an amount, such as 320 or 2.5.";
    input_doubtful_amount = "Số này có thể hiểu hai cách. Đừng dùng dấu ngăn cách hàng nghìn: viết 1200, hoặc 1,2.", "This can be read in two ways. Leave out separators of thousands: write 1200, or 1.2.";
    input_amount_too_large(max) = "Không được quá {max}.", "At most {max} is allowed.";
    input_day_too_dear(max) = "Với giá này, một cuộc gọi 24 giờ tốn hơn {max}. Hãy kiểm tra lại giá và độ dài block.", "At this price a call of 24 hours would cost more than {max}. Check the price and the length of blocks.";
    day_note = "Dạng ngày/tháng/năm.", "As day/month/year.";
    input_day_over = "Ngày này đã qua. Cuộc gọi đã lưu giữ giá của chúng, nên hãy chọn hôm nay hoặc một ngày sau.", "This day is over. Stored calls keep their price, so choose today or a later day.";
    input_no_reason = "Hãy nói rõ lý do bằng vài từ, ít nhất 10 ký tự: chủ tài khoản sẽ đọc.", "Please say why in a few words, at least 10 characters: the owners will read it.";
    input_no_file = "Hãy chọn ít nhất một tệp có nội dung.", "Please choose at least one file that is not empty.";
    choose_files = "Chọn tệp", "Choose files";
    or_drop_files = "hoặc thả tệp vào đây", "or drop them here";
    input_nothing_ticked = "Hãy chọn ít nhất một quyền.", "Please choose at least one permission.";
    input_not_a_choice = "Hãy chọn một mục trong danh sách.", "Please choose one of the list.";
}
