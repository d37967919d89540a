//! Signatures that were made by other programs (Python's hmac and cryptography; Twilio's is the one of its documentation).

use axum::http::{HeaderName, HeaderValue};

use super::*;

const BODY: &[u8] = "{\"call_id\":\"c-1\",\"note\":\"Khách\"}".as_bytes();
const SECRET: &str = "s3cret-of-the-vendor";
const NOW: i64 = 1_795_334_400_000;
const OF_BODY: &str = "530cbf624640f3252d7809b6c16e3f28ce1f35dc89500deebccce6af7adb8939";
const OF_TIME_AND_BODY: &str = "e0fb7d717823d56530e78349588492aac63a30a9590b2fb91aeb423a03278e8d";
const RETELL: &str = "4aa3877a93e282794cf7918bb9e9cffbcddcb4f5dffdea46b9286b99dba808de";
const TELNYX_KEY: &str = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const TELNYX: &str = "VvKEjVYpK7d5uG3HKSEJdAytEg7GpcGTt3EilN4B5ENPiRaA92jhuA7saNOFl8ueQTiKZUnMgUsRDwhoWaD4BA==";
const TWILIO_URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const TWILIO_FORM: &[u8] =
    b"CallSid=CA1234567890ABCDE&From=%2B12349013030&To=%2B18005551212&Caller=%2B12349013030&Digits=1234";

fn headers(of: &[(&str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    of.iter().map(pair).collect()
}

fn checked(source: HookSource, secret: &str, of: &[(&str, &str)], body: &[u8], at: i64) -> Result<(), Refusal> {
    let headers = headers(of);
    check(source, secret, &Request { headers: &headers, url: "https://r.example/hooks/k/x", body, at: Timestamp(at) })
}

/// Right as it is; wrong with another secret, another body and a changed header; missing without it.
fn stands_and_falls(source: HookSource, secret: &str, of: &[(&str, &str)]) {
    assert_eq!(checked(source, secret, of, BODY, NOW), Ok(()), "{source:?}");
    assert_eq!(checked(source, secret, &[], BODY, NOW), Err(Refusal::Missing), "{source:?}");
    let other = if source == HookSource::Telnyx { TELNYX } else { "another secret" };
    assert_eq!(checked(source, other, of, BODY, NOW), Err(Refusal::Wrong), "{source:?}");
    if of[0].0 != "authorization" && !of[0].0.ends_with("-secret") {
        assert_eq!(checked(source, secret, of, &BODY[1..], NOW), Err(Refusal::Wrong), "{source:?}");
    }
    for broken in
        ["", "x", "ế", "v=,d=", "v=9,d=zz", "t=,v0=", "sha256=", "0", "Bearer ", "Bearer x", &"a".repeat(5_000)]
    {
        let changed: Vec<(&str, &str)> = of.iter().map(|(name, _)| (*name, broken)).collect();
        let headers: HeaderMap = changed
            .iter()
            .map(|(name, value)| {
                (name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
            })
            .collect();
        let request = Request { headers: &headers, url: "no address", body: BODY, at: Timestamp(NOW) };
        assert!(check(source, secret, &request).is_err(), "{source:?} {broken}");
    }
}

#[test]
fn each_system_is_known_by_its_signature() {
    for (source, secret, of) in [
        (HookSource::Vapi, SECRET, vec![("x-vapi-signature", OF_BODY)]),
        (HookSource::Vapi, SECRET, vec![("x-vapi-signature", OF_TIME_AND_BODY), ("x-vapi-timestamp", "1795334400")]),
        (HookSource::Vapi, SECRET, vec![("x-vapi-secret", SECRET)]),
        (HookSource::Vapi, SECRET, vec![("authorization", "Bearer s3cret-of-the-vendor")]),
        (HookSource::Bland, SECRET, vec![("x-webhook-signature", OF_BODY)]),
        (HookSource::Stringee, SECRET, vec![("x-stringee-signature", "9VDpQWHh6PRudfT9W/YWJ1UjMks=")]),
        (
            HookSource::Telnyx,
            TELNYX_KEY,
            vec![("telnyx-signature-ed25519", TELNYX), ("telnyx-timestamp", "1795334400")],
        ),
        (HookSource::Generic, SECRET, vec![("x-ringside-secret", SECRET)]),
        (HookSource::OmiCall, SECRET, vec![("authorization", "bearer s3cret-of-the-vendor")]),
        (HookSource::Tel4Vn, SECRET, vec![("x-ringside-secret", SECRET)]),
        (HookSource::Dograh, SECRET, vec![("x-ringside-secret", SECRET)]),
    ] {
        stands_and_falls(source, secret, &of);
    }
    let retell = format!("v=1795334400000,d={RETELL}");
    stands_and_falls(HookSource::Retell, SECRET, &[("x-retell-signature", &retell)]);
    let elevenlabs = format!("t=1795334400,v0={OF_TIME_AND_BODY}");
    stands_and_falls(HookSource::ElevenLabs, SECRET, &[("elevenlabs-signature", &elevenlabs)]);
}

#[test]
fn what_carries_a_time_is_refused_once_it_is_old() {
    let retell = format!("v=1795334400000,d={RETELL}");
    let elevenlabs = format!("t=1795334400,v0={OF_TIME_AND_BODY}");
    for (source, secret, of, minutes) in [
        (HookSource::Vapi, SECRET, vec![("x-vapi-signature", OF_TIME_AND_BODY), ("x-vapi-timestamp", "1795334400")], 5),
        (HookSource::Retell, SECRET, vec![("x-retell-signature", retell.as_str())], 5),
        (HookSource::ElevenLabs, SECRET, vec![("elevenlabs-signature", elevenlabs.as_str())], 30),
        (
            HookSource::Telnyx,
            TELNYX_KEY,
            vec![("telnyx-signature-ed25519", TELNYX), ("telnyx-timestamp", "1795334400")],
            5,
        ),
    ] {
        let window = minutes * 60_000;
        for (ms, expected) in
            [(window, Ok(())), (-window, Ok(())), (window + 1, Err(Refusal::Old)), (-window - 1, Err(Refusal::Ahead))]
        {
            assert_eq!(checked(source, secret, &of, BODY, NOW + ms), expected, "{source:?} {ms}");
        }
    }
}

#[test]
fn twilio_signs_the_address_and_the_form() {
    let twilio = |url: &str, of: &[(&str, &str)], body: &[u8]| {
        let headers = headers(of);
        check(HookSource::Twilio, "12345", &Request { headers: &headers, url, body, at: Timestamp(NOW) })
    };
    // The example of its documentation, then with the port, and by the other hash.
    let of = |signature| [("x-twilio-signature", signature)];
    assert_eq!(twilio(TWILIO_URL, &of("0/KCTR6DLpKmkAf8muzZqo1nDgQ="), TWILIO_FORM), Ok(()));
    assert_eq!(twilio(TWILIO_URL, &of("EpDEmp1PyjDYp77YxYU3GILBWzE="), TWILIO_FORM), Ok(()));
    let settings = ("x-twilio-webhooks-signature-settings", "key=1,algorithm=HMAC_SHA256");
    let by_sha256 = [("x-twilio-signature", "Rmm4Vzj+Ky7JGoWXMCsZDZuHDszLr9xvdbvitrDr4/M="), settings];
    assert_eq!(twilio(TWILIO_URL, &by_sha256, TWILIO_FORM), Ok(()));
    for (url, body) in [("https://other.com/myapp.php?foo=1&bar=2", TWILIO_FORM), (TWILIO_URL, &TWILIO_FORM[1..])] {
        assert_eq!(twilio(url, &of("0/KCTR6DLpKmkAf8muzZqo1nDgQ="), body), Err(Refusal::Wrong));
    }
    assert_eq!(twilio(TWILIO_URL, &[], TWILIO_FORM), Err(Refusal::Missing));
    // JSON: the address holds its hash.
    let url = "https://mycompany.com/h?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
    assert_eq!(twilio(url, &of("aTPcY5pDJhrMCr7hzlpT2kyN4AY="), b"{\"a\":1}"), Ok(()));
    assert_eq!(twilio(url, &of("aTPcY5pDJhrMCr7hzlpT2kyN4AY="), b"{\"a\":2}"), Err(Refusal::Wrong));
}
