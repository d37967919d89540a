use proptest::prelude::*;

use super::*;
use crate::phone::matching_key;

const VN: Country = Country::VIETNAM;

/// Of a customer of this number.
fn own(text: &str) -> Cow<'_, str> {
    without_numbers(text, &[matching_key("+84912345207", VN)], Some(VN))
}

/// Of nobody known.
fn of_nobody(text: &str) -> Cow<'_, str> {
    without_numbers(text, &[], Some(VN))
}

#[test]
fn a_number_is_taken_out_of_a_text_however_it_is_grouped() {
    for (text, hidden) in [
        ("Anh Hùng 0912 345 207", "Anh Hùng •••"),
        ("https://pbx/2026/11/04/84912345207-1.wav", "https://pbx/2026/11/04/•••-1.wav"),
        ("(0912)-345-207 hay 345207", "(••• hay •••"),
        ("KH345207", "KH•••"),
        ("a ０９１２３４５２０７ b", "a ••• b"),
        ("٠٩١٢ ٣٤٥ ٢٠٧", "•••"),
        ("०९१२३४५२०७-x", "•••-x"),
        ("𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟐𝟎𝟕 và ⁰⁹¹²³⁴⁵²⁰⁷", "••• và •••"),
        ("0912%20345%20207&x", "•••&x"),
        ("%30%39%31%32345%C2%A0207", "•••"),
        ("0912<b>345</b>207", "•••"),
        ("&#48;912&nbsp;345&#8239;207;", "•••;"),
        ("0912x345x207", "•••"),
        ("0912ab345cd207", "•••"),
        ("0912 và 345, rồi 207 ạ", "••• ạ"),
        ("91 to 234 or 5207", "•••"),
        ("số không chín một hai ba bốn năm, hai không bảy ạ", "số ••• ạ"),
        ("oh nine one two, three four five", "•••"),
        ("0912      345 \u{200b}\u{200d}\u{2060}\u{ad}207", "•••"),
    ] {
        assert_eq!(own(text), hidden);
    }
    for text in ["20261104", "không chín ba tư", "một hai ba bốn năm sáu", "0912 3", "34520 và 8", "", "kh-1"]
    {
        assert_eq!(own(text), text);
    }
    assert_eq!(without_numbers("101", &["101".to_owned()], Some(VN)), "101");
}

#[test]
fn any_number_is_taken_out_of_a_text() {
    for (text, hidden) in [
        ("20261104-0987654321-x", "20261104-•••-x"),
        ("goi_0987654321_2", "goi_•••_2"),
        ("(0987) 654-321: is no time", "(•••: is no time"),
        ("+84 987 654 321 và 81234567", "+••• và •••"),
        ("Gọi lại cho vợ tôi số 0987 654 321 nhé", "Gọi lại cho vợ tôi số ••• nhé"),
        ("crm-0987654323", "crm-•••"),
        ("dial-crm-84987654323-2", "dial-crm-•••-2"),
        ("số 987654321, 987 654 321 hay 987.654.321", "số •••, ••• hay •••"),
        ("0987,654,321 hoặc 0987/654/321 hoặc 0987x654x321", "••• hoặc ••• hoặc •••"),
        ("q=0987+654+321&a", "q=•••&a"),
        ("máy bàn 024 20120517, 024 2012 0517", "máy bàn •••, •••"),
        ("20261104 0912 345 207", "20261104 •••"),
        ("2026-11-04_09 12 345 207", "2026-11-04_•••"),
        ("5:09 87 654 321", "5:09 •••"),
        ("asterisk:1772417100000-966554433", "asterisk:1772417100000-•••"),
        ("+1.415.555.267", "+•••"),
        ("０９８７６５４３２１", "•••"),
        ("٠٩٨٧ ٦٥٤ ٣٢١ 𝟎𝟗𝟖𝟕𝟔𝟓𝟒𝟑𝟐𝟏x", "••• •••x"),
        ("0987%20654%20321, 0987\u{a0}654\u{2011}321", "•••, •••"),
        ("Số vợ em là không chín tám bảy, sáu năm bốn, ba hai một ạ", "Số vợ em là ••• ạ"),
        ("0987 sáu năm bốn 321", "•••"),
    ] {
        assert_eq!(of_nobody(text), hidden);
    }
    // Where nobody knows the country.
    assert_eq!(without_numbers("024 20120517", &[], None), "•••");
}

#[test]
fn what_is_something_else_by_its_form_stays() {
    for text in [
        "c-1",
        "asterisk:1234567",
        "asterisk:1772417100.17",
        "pbx-01-1772417100.17",
        "",
        "1234 - - - - 5678",
        "05/11/2026 09:00:00",
        "2026-03-02, 02-03-2026 và 2.3.2026",
        "05-11-2026 09:30",
        "05-11-2026 09h30",
        "20261104",
        "kh-20261104-00017",
        "rec_20261104_093015.wav",
        "2026-11-04T09:00:00.123456789+07:00",
        "20261104T093015Z 20261104093015",
        "năm 2026-2027, từ 2024 - 2025",
        "1.600.000 đồng, 16.000.000đ, 150.000.000 ₫",
        "16 000 000 đồng và 912.345.678 VND",
        "từ 16.000.000 - 25.000.000 đồng",
        "$12.345.678 và 16,000,000.50",
        "Chrome/120.0.6099.109, v1.23.4567.8 và 10.0.19045.3803",
        "192.168.100.200:5060",
        "99.9999999% và 12,5 %",
        "550e8400-e29b-41d4-a716-446655440000",
        "CA81234567890abcdef1234567890abcde",
        "hợp đồng 0123/2026/HĐ",
        "hai nghìn không trăm hai mươi sáu, năm 2024-2025",
        "9 giờ 30, 15 người, 3 phòng, 12 tháng 11 năm 2026",
    ] {
        assert_eq!(of_nobody(text), text);
    }
}

/// A number of Vietnam, by which a mobile or a house is reached, in its digits.
fn number() -> impl Strategy<Value = String> {
    prop_oneof!["0[35789][0-9]{8}", "02[0-9]{9}", "0084[35789][0-9]{8}", "84[35789][0-9]{8}"]
}

/// A number as people write it: in groups, separated all alike.
fn written() -> impl Strategy<Value = String> {
    let separator =
        prop_oneof![Just(""), Just(" "), Just("."), Just("-"), Just("\u{a0}"), Just(" - "), Just("\u{2011}")];
    (number(), separator, prop::collection::vec(2..5_usize, 6)).prop_map(|(number, separator, lengths)| {
        let mut groups = Vec::new();
        let mut rest = number.as_str();
        for length in lengths {
            // A last group of one digit is nobody's writing.
            let length = if rest.len() < length + 2 { rest.len() } else { length };
            groups.push(&rest[..length]);
            rest = &rest[length..];
            if rest.is_empty() {
                break;
            }
        }
        groups.push(rest);
        groups.retain(|group| !group.is_empty());
        groups.join(separator)
    })
}

/// What may stand around a number and be no part of it.
fn around() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zđàữ]{0,8}",
        "[a-zđ]{1,8} ",
        "[a-zđ]{0,8}[-:(_/\"]",
        "2026-11-0[1-9] [a-z]{1,4} ",
        "kh[0-9]{0,3}[a-z] "
    ]
}

fn other() -> impl Strategy<Value = String> {
    prop_oneof![
        "20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
        "(0[1-9]|1[0-9]|2[0-8])/(0[1-9]|1[0-2])/20[0-4][0-9]",
        "20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|\\+07:00)",
        "(0[1-9]|1[0-9]|2[0-8])-(0[1-9]|1[0-2])-20[0-4][0-9] (0[0-9]|1[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?",
        "[1-9][0-9]{0,2}(\\.[0-9]{3}){1,4}( đồng|đ| ₫| VND)",
        "[1-9][0-9]{0,2}(,[0-9]{3}){1,4}( đồng|đ| ₫| VND)",
        "[0-9]{1,3}[.,][0-9]{1,3} ?%",
        "v?[0-9]\\.[0-9]{1,2}\\.0",
        "1[5-9][0-9]{8}\\.[0-9]{1,4}",
    ]
}

proptest! {
    /// However a number is written and whatever stands around it: no six digits in a row of it are left.
    #[test]
    fn no_number_is_left(before in around(), number in written(), after in "[ ,;:!?)]?[a-zàữ ]{0,8}") {
        let text = format!("{before}{number}{after}");
        let shown = of_nobody(&text);
        let left: String = shown.chars().filter(char::is_ascii_digit).collect();
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        prop_assert!(shown.contains(HIDDEN), "{text:?}");
        prop_assert!((0..=digits.len() - TELLING).all(|at| !left.contains(&digits[at..at + TELLING])), "{text:?}: {shown:?}");
    }

    /// Dates, instants, amounts, shares, versions stay as they are.
    #[test]
    fn what_is_no_number_stays(before in "[a-zđ]{0,6}( |: |\\()", other in other(), after in "([ ,;!?)][a-zđ ]{0,8})?") {
        let text = format!("{before}{other}{after}");
        prop_assert_eq!(of_nobody(&text), text.as_str());
    }

    /// Texts of any form are no trouble, and what nothing is hidden in stays what it was.
    #[test]
    fn any_text_is_read(text in "(\\PC|[0-9]|[ .:/%&#;<>+-]){0,60}") {
        for shown in [own(&text), of_nobody(&text)] {
            prop_assert!(shown.contains(HIDDEN) || shown == text);
        }
    }
}
