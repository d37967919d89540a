use domain::{
    CallClass, Campaign, CampaignId, CampaignState, CampaignSummary, Currency, Language, Money, Rate, Report, Tariff,
    Timestamp, Voicebot, VoicebotId, time::Zone,
};

use super::{Attached, Letter, Links, Source, html, letter, plain};
use crate::{Text, sample::report};

fn campaign(name: &str) -> CampaignSummary {
    CampaignSummary {
        campaign: Campaign {
            id: CampaignId::new("tet-2027").unwrap(),
            name: name.to_owned(),
            voicebot: Voicebot { id: VoicebotId::new("bot").unwrap(), name: "Nhắc phí".to_owned() },
            state: CampaignState::Completed,
            started_at: None,
            completed_at: None,
            report_emails: vec![],
            tariff: None,
            plan: None,
        },
        customers: 2_000,
        dialled: 1_950,
        contact_rate: Rate::new(1_250, 2_000),
        calls: 3_000,
        answer_rate: Rate::new(1_300, 3_000),
        blocks: 2_600,
        cost: Money::units(832_000),
        first_day: None,
        last_day: None,
    }
}

#[test]
fn a_share_is_the_same_in_a_list_as_alone() {
    let mut report = report();
    // Rounded so that they add up, the shares of these parts would be 83.2, 16.4 and 0.4.
    for (class, calls) in [(CallClass::Success, 2_023), (CallClass::Failed, 398), (CallClass::Error, 9)] {
        let mut of_class = report.by_code.iter_mut().filter(|row| row.class == class);
        of_class.next().unwrap().calls = calls;
        of_class.for_each(|row| row.calls = 0);
    }
    (report.calls.total, report.calls.success, report.calls.failed, report.calls.error) = (2_430, 2_023, 398, 9);
    report.calls.answered = 2_023;
    let letter = letter(&source(&campaign("Tết"), &report, &[]), Text(Language::Vi));
    let alone = domain::format::rate(Rate::new(2_023, 2_430), Language::Vi);
    assert_eq!(alone, "83,3%");
    assert_eq!((&letter.calls.bars[0].share, &letter.codes.bars[0].share), (&alone, &alone));
}

fn written(name: &str, language: Language, attached: Attached) -> Letter {
    let tariff = Tariff {
        first_block_seconds: 30,
        next_block_seconds: 30,
        price_first_block: Money::units(320),
        price_next_block: Money::units(320),
        currency: Currency::vnd(),
        effective_from: Timestamp(0),
        vat: Some(domain::Vat::Excluded),
    };
    letter(&Source { attached, ..source(&campaign(name), &report(), &[tariff]) }, Text(language))
}

fn source<'a>(campaign: &'a CampaignSummary, report: &'a Report, tariffs: &'a [Tariff]) -> Source<'a> {
    Source {
        account: "An Tâm <b>",
        campaign,
        report,
        tariffs,
        zone: Zone::new("Asia/Ho_Chi_Minh").unwrap(),
        account_id: 1,
        base_url: "https://baocao.antam.example",
        preview: false,
        attached: Attached::None,
    }
}

fn links() -> Links {
    Links {
        stop: Some("https://baocao.antam.example/mail/stop/1/2/3/s".to_owned()),
        download: Some("https://baocao.antam.example/mail/workbook/1/2/w".to_owned()),
    }
}

/// A name that would be markup, a header, a formula, and too long, if anybody let it.
fn hostile() -> String {
    format!("=1+1 <script>alert(\"1\")</script>\r\nBcc: x@y.vn & 'co' {}", "ộ".repeat(250))
}

#[test]
fn the_mail_in_vietnamese() {
    let letter = written(&hostile(), Language::Vi, Attached::File(612_345));
    insta::assert_snapshot!("mail_vi_html", html(&letter, &links()));
    insta::assert_snapshot!("mail_vi_plain", format!("{}\n\n{}", letter.subject, plain(&letter, &links())));
}

#[test]
fn the_mail_in_english() {
    let letter = written(&hostile(), Language::En, Attached::Link(31_000_000, Timestamp(1_795_900_000_000)));
    insta::assert_snapshot!("mail_en_html", html(&letter, &Links { stop: None, ..links() }));
    insta::assert_snapshot!(
        "mail_en_plain",
        format!("{}\n\n{}", letter.subject, plain(&letter, &Links { stop: None, ..links() }))
    );
}

#[test]
fn a_hostile_name_is_text_everywhere() {
    for language in [Language::Vi, Language::En] {
        let letter = written(&hostile(), language, Attached::None);
        assert!(!letter.subject.contains(['\r', '\n']) && letter.subject.chars().count() < 200, "{}", letter.subject);
        assert!(!letter.title.contains(['\r', '\n']));
        let html = html(&letter, &links());
        assert!(!html.contains("<script") && !html.contains("<b>\""), "{html}");
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));
    }
}

#[test]
fn hundreds_of_codes_are_a_few_lines_that_count_the_same() {
    let mut report = report();
    let whole: u64 = report.by_code.iter().map(|row| row.calls).sum();
    let last = report.by_code.last().unwrap().clone();
    report.by_code.extend((0..500).map(|n| domain::report::CodeCount {
        code: domain::Code::new(format!("K{n}")).unwrap(),
        calls: 2,
        ..last.clone()
    }));
    let letter = letter(&source(&campaign("Tết"), &report, &[]), Text(Language::En));
    let codes = letter.codes.bars;
    assert_eq!(codes.len(), 16);
    assert!(codes[15].label.ends_with(" more codes"), "{}", codes[15].label);
    let counted: u64 = codes.iter().map(|bar| bar.count.replace(',', "").parse::<u64>().unwrap()).sum();
    assert_eq!(counted, whole + 1_000);
}

#[test]
fn the_bars_of_one_whole_add_up() {
    let letter = written("Tết", Language::Vi, Attached::None);
    for bars in [&letter.customers, &letter.calls] {
        assert_eq!(bars.bars.iter().map(|bar| bar.length).sum::<u64>(), 1_000, "{}", bars.title);
    }
    assert_eq!(letter.codes.bars.iter().map(|bar| bar.length).max(), Some(1_000));
}
