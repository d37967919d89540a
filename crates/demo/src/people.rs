//! Customers: names as common as they are in Viet Nam, and numbers that reach nobody.

use rand::RngExt;

use crate::random::{mixed, pick, stream, weighted};

/// How many people the demo account knows; campaigns call overlapping parts of them.
pub const PEOPLE: u32 = 24_000;

/// The first three digits of the demo's phone numbers.
///
/// Viet Nam, unlike some countries, has set no numbers aside for films and examples. Its ten-digit mobile numbers begin
/// with 03, 05, 07, 08 or 09 since 2018, and in 07 only 070 and 076 to 079 were given to an operator: the ranges 071 to
/// 075 are the national plan's reserve (no operator's list of prefixes and no list of valid mobile numbers has them).
/// A number in them looks like any other and reaches nobody. Should one of these ranges be allocated some day, take it
/// out here; nothing else depends on the choice.
pub const UNASSIGNED_PREFIXES: [&str; 5] = ["071", "072", "073", "074", "075"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callee {
    pub id: String,
    /// Family, middle and given name.
    pub name: String,
    /// The last word of the name: what a Vietnamese is called by.
    pub given: &'static str,
    /// Whether she is addressed as `chị` (else `anh`).
    pub female: bool,
    /// Ten digits, in one of [`UNASSIGNED_PREFIXES`].
    pub phone: String,
}

/// The person with this number, always the same for a seed.
pub fn person(seed: u64, number: u32) -> Callee {
    let mut rng = stream(seed, "person", u64::from(number));
    let female = rng.random_bool(0.52);
    let family = FAMILY[weighted(&mut rng, FAMILY.iter().map(|(_, weight)| *weight))].0;
    let (middle, given) = if female {
        let middle = if rng.random_bool(0.38) { "Thị" } else { pick(&mut rng, &FEMALE_MIDDLE) };
        (middle, pick(&mut rng, &FEMALE_GIVEN))
    } else {
        let middle = if rng.random_bool(0.22) { "Văn" } else { pick(&mut rng, &MALE_MIDDLE) };
        (middle, pick(&mut rng, &MALE_GIVEN))
    };
    // Nobody is called "Ngọc Ngọc"; "Nguyễn Ngọc" is a name of its own.
    let name = if middle.ends_with(given) { format!("{family} {given}") } else { format!("{family} {middle} {given}") };
    Callee { id: format!("kh-{:05}", number + 1), name, given, female, phone: phone(seed, number) }
}

/// No two people share a number: the last seven digits are a permutation of 0 to 9,999,999 (the factor has no common
/// divisor with ten million).
fn phone(seed: u64, number: u32) -> String {
    let prefix = UNASSIGNED_PREFIXES[(mixed(seed ^ u64::from(number)) % 5) as usize];
    let rest = (u64::from(number) * 7_368_787 + mixed(seed) % 10_000_000) % 10_000_000;
    format!("{prefix}{rest:07}")
}

/// Family names with their approximate shares in per mille.
const FAMILY: [(&str, f64); 56] = [
    ("Nguyễn", 310.0),
    ("Trần", 108.0),
    ("Lê", 92.0),
    ("Phạm", 68.0),
    ("Hoàng", 34.0),
    ("Huỳnh", 26.0),
    ("Phan", 43.0),
    ("Vũ", 26.0),
    ("Võ", 24.0),
    ("Đặng", 22.0),
    ("Bùi", 21.0),
    ("Đỗ", 18.0),
    ("Hồ", 14.0),
    ("Ngô", 14.0),
    ("Dương", 13.0),
    ("Lý", 7.0),
    ("Trương", 12.0),
    ("Đinh", 10.0),
    ("Đoàn", 9.0),
    ("Trịnh", 9.0),
    ("Đào", 8.0),
    ("Mai", 7.0),
    ("Lương", 7.0),
    ("Lâm", 7.0),
    ("Phùng", 6.0),
    ("Tô", 5.0),
    ("Cao", 6.0),
    ("Châu", 4.0),
    ("Tạ", 5.0),
    ("Hà", 6.0),
    ("Thái", 4.0),
    ("Lưu", 5.0),
    ("Chu", 4.0),
    ("Tống", 2.0),
    ("Kiều", 2.0),
    ("La", 2.0),
    ("Quách", 2.0),
    ("Tăng", 2.0),
    ("Nghiêm", 2.0),
    ("Vương", 3.0),
    ("Triệu", 2.0),
    ("Hứa", 1.5),
    ("Quan", 1.0),
    ("Thạch", 2.0),
    ("Kim", 1.5),
    ("Danh", 1.0),
    ("Từ", 1.5),
    ("Văn", 2.0),
    ("Bạch", 1.5),
    ("Khuất", 1.0),
    ("Nông", 2.0),
    ("Hoa", 0.7),
    ("Giang", 1.0),
    ("Ông", 0.7),
    ("Phí", 0.7),
    ("Doãn", 1.0),
];

const FEMALE_MIDDLE: [&str; 27] = [
    "Ngọc",
    "Thanh",
    "Kim",
    "Mỹ",
    "Bích",
    "Thu",
    "Hồng",
    "Phương",
    "Minh",
    "Quỳnh",
    "Khánh",
    "Thuỳ",
    "Diệu",
    "Tuyết",
    "Như",
    "Bảo",
    "Cẩm",
    "Hoài",
    "Xuân",
    "Mai",
    "Lan",
    "Thị Thu",
    "Thị Thanh",
    "Thị Kim",
    "Thị Ngọc",
    "Thị Hồng",
    "Hải",
];

const FEMALE_GIVEN: [&str; 76] = [
    "Hoa",
    "Hạnh",
    "Hương",
    "Lan",
    "Mai",
    "Linh",
    "Trang",
    "Thảo",
    "Hà",
    "Nga",
    "Ngọc",
    "Ngân",
    "Nhung",
    "Oanh",
    "Phương",
    "Phượng",
    "Quyên",
    "Quỳnh",
    "Tâm",
    "Thanh",
    "Thu",
    "Thuỷ",
    "Thuý",
    "Thương",
    "Trâm",
    "Trinh",
    "Tuyết",
    "Uyên",
    "Vân",
    "Vy",
    "Yến",
    "Xuân",
    "Anh",
    "Bích",
    "Châu",
    "Chi",
    "Cúc",
    "Diễm",
    "Diệp",
    "Dung",
    "Duyên",
    "Đào",
    "Giang",
    "Hiền",
    "Hoà",
    "Hồng",
    "Huệ",
    "Huyền",
    "Khanh",
    "Kiều",
    "Lệ",
    "Liên",
    "Loan",
    "Ly",
    "Lý",
    "Minh",
    "My",
    "Nguyệt",
    "Nhi",
    "Như",
    "Hằng",
    "Tiên",
    "Thơ",
    "Thoa",
    "Trúc",
    "Tú",
    "Tươi",
    "Vui",
    "Ánh",
    "Ái",
    "Sương",
    "Sen",
    "Na",
    "Đoan",
    "Hân",
    "Thắm",
];

const MALE_MIDDLE: [&str; 28] = [
    "Hữu", "Đức", "Minh", "Quang", "Công", "Thanh", "Anh", "Quốc", "Ngọc", "Tuấn", "Xuân", "Trọng", "Đình", "Gia",
    "Hoàng", "Duy", "Thế", "Bá", "Nhật", "Chí", "Tấn", "Hải", "Mạnh", "Việt", "Thành", "Trung", "Khắc", "Viết",
];

const MALE_GIVEN: [&str; 78] = [
    "Hùng",
    "Dũng",
    "Tuấn",
    "Nam",
    "Minh",
    "Đức",
    "Anh",
    "Bình",
    "Cường",
    "Chiến",
    "Công",
    "Danh",
    "Duy",
    "Đạt",
    "Điệp",
    "Đông",
    "Giang",
    "Hải",
    "Hiếu",
    "Hiệp",
    "Hoà",
    "Hoàng",
    "Huy",
    "Hưng",
    "Khải",
    "Khang",
    "Khánh",
    "Khoa",
    "Kiên",
    "Lâm",
    "Lộc",
    "Long",
    "Luân",
    "Lực",
    "Mạnh",
    "Nghĩa",
    "Nguyên",
    "Nhân",
    "Nhật",
    "Ninh",
    "Phát",
    "Phong",
    "Phú",
    "Phúc",
    "Phước",
    "Quân",
    "Quang",
    "Quốc",
    "Quý",
    "Sang",
    "Sơn",
    "Tài",
    "Tâm",
    "Tân",
    "Thái",
    "Thắng",
    "Thanh",
    "Thành",
    "Thiện",
    "Thịnh",
    "Thọ",
    "Thông",
    "Thuận",
    "Tiến",
    "Tín",
    "Toàn",
    "Trí",
    "Trung",
    "Trường",
    "Tùng",
    "Tú",
    "Việt",
    "Vinh",
    "Vũ",
    "Vượng",
    "Khôi",
    "Bảo",
    "Bách",
];
