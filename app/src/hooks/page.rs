//! What the page of webhooks shows.

use domain::{HookSource, Timestamp, format, import::OtherCalls, time::Zone};
use leptos::prelude::*;
use store::hooks::{
    agents::Agent,
    bodies::{BodyState, WebhookDelivery},
};

use super::{
    forms::{
        ADD_HOOK, AGENT, AGENT_SOURCE, CAMPAIGN, MAPPING, OTHERS, OTHERS_CAMPAIGN, SECRET, SET_AGENT, SET_MAPPING,
        SET_SECRET, SOURCE, VOICEBOT,
    },
    reading::{HooksPage, ShownHook},
    recordings,
    table::table,
};
use crate::{
    Text,
    components::{Icon, Press, Question, Side, sheet, wide_sheet},
    form::{Filled, Place},
    imports::OWN_CAMPAIGN,
    text::messages,
    use_text,
};

messages! {
    hooks_lead = "Địa chỉ để tổng đài và nền tảng voicebot gửi cuộc gọi đến.", "Addresses that switches and voicebot platforms send calls to.";
    hook_new = "Thêm kết nối", "Add a connection";
    hooks_none = "Chưa có kết nối nào", "No connections yet";
    hooks_none_why = "Tạo một địa chỉ, dán vào hệ thống của bạn, và cuộc gọi sẽ tự đến.", "Make an address, paste it into your system, and calls come in by themselves.";
    hook_address = "Địa chỉ", "Address";
    hook_withheld = "Người vận hành vào tạm không xem được địa chỉ và mã ký.", "An operator who entered for a while does not see addresses and secrets.";
    hook_lost = "Không đọc được: khoá mã hoá của máy chủ đã đổi. Hãy tạo kết nối mới.", "Cannot be read: the server's encryption key was changed. Make a new connection.";
    hook_show_secret = "Xem mã ký", "Show the secret";
    hook_signed = "Có chữ ký", "Signed";
    hook_unsigned = "Không chữ ký", "Not signed";
    hook_unmapped = "Chưa có bảng ánh xạ", "No mapping yet";
    hook_change_secret = "Đổi mã ký", "Change the secret";
    hook_change_mapping = "Bảng ánh xạ", "Mapping";
    hook_revoke = "Thu hồi", "Revoke";
    hook_revoke_why = "Địa chỉ này sẽ không nhận gì nữa. Cuộc gọi đã nhận vẫn còn.", "Nothing more is taken at this address. Calls that came in stay.";
    hook_received(n) = "đã nhận {n}", "{n} received";
    hook_last_at(at) = "gần nhất {at}", "latest {at}";
    hook_refused(n, at) = "{n} lần sai chữ ký, gần nhất {at}", "{n} with a wrong signature, latest {at}";
    hook_why_missing = "không có chữ ký", "not signed";
    hook_why_wrong = "chữ ký sai", "wrong signature";
    hook_why_old = "chữ ký quá cũ", "signature too old";
    hook_why_ahead = "giờ ký ở tương lai, hãy kiểm tra đồng hồ", "signed at a time to come, check the clocks";
    hooks_unread = "Chưa đọc được", "Not read";
    hooks_unread_why = "Giữ 7 ngày. Sửa bảng ánh xạ rồi đọc lại.", "Kept for 7 days. Mend the mapping and read them again.";
    hooks_read_again = "Đọc lại", "Read again";
    hooks_last = "Lần nhận gần đây", "Last deliveries";
    hook_at = "Thời điểm", "Time";
    hook_state = "Trạng thái", "State";
    hook_call = "Cuộc gọi", "Call";
    hook_bytes = "Byte", "Bytes";
    hook_reason = "Lý do", "Reason";
    hook_state_waiting = "Đang chờ đọc", "Waiting";
    hook_state_read = "Đã đọc", "Read";
    hook_state_passed = "Không có cuộc gọi", "No call in it";
    hooks_agents = "Trợ lý nào là chiến dịch nào", "Which agent is which campaign";
    hooks_agents_why = "Trợ lý mới tự vào dưới tên của nó, cho đến khi bạn nói nó thuộc chiến dịch và voicebot nào.", "A new agent comes in under its own name until you say which campaign and voicebot it is.";
    hook_no_agent = "(cuộc gọi không nêu trợ lý)", "(calls that name no agent)";
    hook_agent_unknown = "Chưa khai báo", "Not declared";
    hook_agent_edit = "Khai báo", "Declare";
    hook_left_out(calls) = "Bỏ qua: {calls} đến, nội bộ hoặc vào hộp thư thoại", "Left out: {calls}, inbound, internal or to mailboxes";
    hook_own = "theo tên của nó", "under its own name";
    hook_setup_generic = "Gửi POST một JSON sau mỗi cuộc gọi, rồi khai bảng ánh xạ. Nếu có mã ký, gửi kèm tiêu đề X-Ringside-Secret.", "POST one JSON after each call, and give the mapping. With a secret, send it as the header X-Ringside-Secret.";
    hook_setup_vapi = "Dán vào Server URL của trợ lý. Mã ký: Custom Credential kiểu HMAC (x-vapi-signature) hoặc Bearer.", "Paste it as the assistant's Server URL. The secret: a Custom Credential, HMAC (x-vapi-signature) or bearer.";
    hook_setup_retell = "Dán vào Webhook URL. Mã ký là API key có huy hiệu webhook.", "Paste it as the Webhook URL. The secret is the API key with the webhook badge.";
    hook_setup_bland = "Dán vào webhook của cuộc gọi. Mã ký: Account Settings, Keys, webhook secret.", "Paste it as the webhook of calls. The secret: Account Settings, Keys, webhook secret.";
    hook_setup_elevenlabs = "Tạo post-call webhook (transcription, không chọn audio). Mã ký hiện một lần khi tạo.", "Make a post-call webhook (transcription, without audio). Its secret is shown once when it is made.";
    hook_setup_twilio = "Dán vào Status callback và Recording status callback. Mã ký là Auth Token.", "Paste it as status callback and recording status callback. The secret is the Auth Token.";
    hook_setup_telnyx = "Dán vào Webhook URL của ứng dụng. Mã ký là Public Key của tài khoản.", "Paste it as the application's Webhook URL. The secret is the account's Public Key.";
    hook_setup_stringee = "Dán vào Event URL. Mã ký là signing secret của project.", "Paste it as the Event URL. The secret is the project's signing secret.";
    hook_setup_header = "Dán vào webhook kết thúc cuộc gọi. Nếu có mã ký, gửi kèm tiêu đề X-Ringside-Secret.", "Paste it as the webhook of ended calls. With a secret, send it as the header X-Ringside-Secret.";
}

fn setup(source: HookSource, text: Text) -> &'static str {
    match source {
        HookSource::Generic => text.hook_setup_generic(),
        HookSource::Vapi => text.hook_setup_vapi(),
        HookSource::Retell => text.hook_setup_retell(),
        HookSource::Bland => text.hook_setup_bland(),
        HookSource::ElevenLabs => text.hook_setup_elevenlabs(),
        HookSource::Twilio => text.hook_setup_twilio(),
        HookSource::Telnyx => text.hook_setup_telnyx(),
        HookSource::Stringee => text.hook_setup_stringee(),
        HookSource::OmiCall | HookSource::Tel4Vn | HookSource::Dograh => text.hook_setup_header(),
    }
}

pub(super) fn page(shown: &HooksPage) -> AnyView {
    let text = use_text();
    let filled = Filled::default().with(&SOURCE, HookSource::Generic.word());
    let new = ADD_HOOK.view("new-hook-form", "/hooks".to_owned(), Place::Sheet, &filled);
    let hooks = if shown.hooks.is_empty() { none(text) } else { hooks(shown, text) };
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.hooks_title()}</h1></div>
                <div class="page-meta"><span>{text.hooks_lead()}</span></div>
            </div>
            <div class="page-actions">
                <button class="btn btn-primary" type="button" popovertarget="new-hook">
                    <Icon name="plus" />
                    {text.hook_new()}
                </button>
                {sheet("new-hook", Side::End, text.hook_new().to_owned(), new)}
            </div>
        </header>
        <div class="stack">
            {hooks}
            {unread(shown, text)}
            {agents(shown, text)}
            {last(shown, text)}
            {recordings::part(&shown.fetching, shown.zone, text)}
        </div>
    }
    .into_any()
}

fn none(text: Text) -> AnyView {
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name="link" /></span>
            <h2>{text.hooks_none()}</h2>
            <p>{text.hooks_none_why()}</p>
        </section>
    }
    .into_any()
}

fn at(at: Timestamp, zone: Zone, text: Text) -> String {
    format::date_time(zone.local(at), text.language())
}

fn hooks(shown: &HooksPage, text: Text) -> AnyView {
    shown.hooks.iter().map(|one| hook(one, shown.zone, text)).collect_view().into_any()
}

fn hook(shown: &ShownHook, zone: Zone, text: Text) -> AnyView {
    let ShownHook { hook, address, secret, is_withheld } = shown;
    let lost = if *is_withheld { text.hook_withheld() } else { text.hook_lost() };
    let (key, of_name) = (hook.key, format!("hook-{}", hook.key));
    let is_signed = hook.sealed_secret.is_some();
    let (badge, signed) =
        if is_signed { ("badge is-success", text.hook_signed()) } else { ("badge", text.hook_unsigned()) };
    let is_unmapped = hook.source == HookSource::Generic && hook.mapping.is_none();
    let unmapped = is_unmapped.then(|| view! { <span class="badge is-failed">{text.hook_unmapped()}</span> });
    let received = text.hook_received(&text.int(hook.received));
    let latest = hook.received_at.map(|last| view! { <span>{text.hook_last_at(&at(last, zone, text))}</span> });
    let refused = hook.refused_at.map(|last| {
        let why = match hook.refused_why.as_deref() {
            Some("missing") => text.hook_why_missing(),
            Some("old") => text.hook_why_old(),
            Some("ahead") => text.hook_why_ahead(),
            _ => text.hook_why_wrong(),
        };
        let words = text.hook_refused(&text.int(hook.refused), &at(last, zone, text));
        view! { <p class="field-error">{format!("{words} ({why})")}</p> }
    });
    let address = match address {
        Some(address) => {
            let id = format!("{of_name}-address");
            view! {
                <div class="field">
                    <label for=id.clone()>{text.hook_address()}</label>
                    <input class="input" id=id type="text" readonly value=address.clone() spellcheck="false" />
                </div>
            }
            .into_any()
        }
        None => view! { <p class="notice is-failed"><Icon name="warning" />{lost}</p> }.into_any(),
    };
    let secret = match (is_signed, secret) {
        (false, _) => None,
        (true, Some(secret)) => Some(
            view! {
                <details><summary class="link">{text.hook_show_secret()}</summary><p><code>{secret.clone()}</code></p></details>
            }
            .into_any(),
        ),
        (true, None) => {
            Some(view! { <p class="notice is-failed"><Icon name="warning" />{lost}</p> }.into_any())
        }
    };
    let secret_form = {
        let fields = Filled::default().with(&SECRET, "");
        let id = format!("{of_name}-secret");
        let form = SET_SECRET.view(&format!("{id}-form"), format!("/hooks/{key}/secret"), Place::Sheet, &fields);
        view! {
            <button class="btn" type="button" popovertarget=id.clone()>{text.hook_change_secret()}</button>
            {sheet(&id, Side::Start, text.hook_change_secret().to_owned(), form)}
        }
    };
    let mapping_form = (hook.source == HookSource::Generic).then(|| {
        let fields = Filled::default().with(&MAPPING, hook.mapping.clone().unwrap_or_else(|| EXAMPLE.to_owned()));
        let id = format!("{of_name}-mapping");
        let form = SET_MAPPING.view(&format!("{id}-form"), format!("/hooks/{key}/mapping"), Place::Sheet, &fields);
        view! {
            <button class="btn" type="button" popovertarget=id.clone()>{text.hook_change_mapping()}</button>
            {wide_sheet(&id, Side::Start, text.hook_change_mapping().to_owned(), form)}
        }
    });
    let revoke = {
        let id = format!("{of_name}-revoke");
        let question = Question {
            id: &id,
            about: hook.name.clone(),
            why: text.hook_revoke_why().to_owned(),
            words: text.hook_revoke(),
            action: format!("/hooks/{key}/revoke"),
            with: None,
        };
        view! {
            <button class="btn btn-ghost" type="button" popovertarget=id.clone()>{text.hook_revoke()}</button>
            {question.sheet(Side::Start)}
        }
    };
    view! {
        <section class="panel stack" aria-labelledby=format!("{of_name}-title")>
            <div class="page-title"><h2 id=format!("{of_name}-title")>{hook.name.clone()}</h2>
                <span class="badge">{hook.source.name()}</span><span class=badge>{signed}</span>{unmapped}
            </div>
            <div class="page-meta"><span>{received}</span>{latest}</div>
            {refused}
            {address}
            <p class="field-note">{setup(hook.source, text)}</p>
            {secret}
            <div class="flex flex-wrap items-center gap-2">{secret_form}{mapping_form}{revoke}</div>
        </section>
    }
    .into_any()
}

/// What the form of a mapping begins with.
const EXAMPLE: &str = "[columns]\nid = \"call_id\"\ncampaign = \"campaign\"\nvoicebot = \"bot\"\nphone = \"phone\"\n\
                       dialed_at = \"started_at\"\ntalk = { column = \"talk_seconds\", unit = \"s\" }\nresult = \"status\"\n\
                       recording_url = \"recording_url\"\n\n[results]\n\"Đồng ý\" = \"DY\"\n";

fn unread(shown: &HooksPage, text: Text) -> Option<AnyView> {
    let (rows, count) = &shown.unread;
    if *count == 0 {
        return None;
    }
    let row = |one: &WebhookDelivery| {
        view! {
            <tr>
                <td>{at(one.received_at, shown.zone, text)}</td>
                <td>{named(one, shown)}</td>
                <td>{one.reason.as_deref().map(|reason| crate::reasons::sentence(reason, text))}</td>
                <td>{one.call.clone()}</td>
            </tr>
        }
    };
    let head = view! {
        <th scope="col">{text.hook_at()}</th>
        <th scope="col">{text.hook_name()}</th>
        <th scope="col">{text.hook_reason()}</th>
        <th scope="col">{text.hook_call()}</th>
    };
    let button = view! {
        <button class="btn" type="submit" title=text.hooks_unread_why()>
            <Icon name="refresh" />
            {text.hooks_read_again()}
        </button>
    };
    let aside = Press::new("/hooks/read-again").view(button.into_any());
    let title = format!("{} ({})", text.hooks_unread(), text.int(*count));
    let rows = rows.iter().map(row).collect_view().into_any();
    Some(table("hooks-unread", title, head.into_any(), rows, aside))
}

/// The name of the address that a webhook came to, else of its system.
fn named(one: &WebhookDelivery, shown: &HooksPage) -> String {
    let known = shown.hooks.iter().find(|known| known.hook.key == one.hook);
    known.map_or_else(|| one.source.name().to_owned(), |known| known.hook.name.clone())
}

fn last(shown: &HooksPage, text: Text) -> Option<AnyView> {
    if shown.last.is_empty() {
        return None;
    }
    let row = |one: &WebhookDelivery| {
        let (badge, state) = match one.state {
            BodyState::Waiting => ("badge", text.hook_state_waiting()),
            BodyState::Read => ("badge is-success", text.hook_state_read()),
            BodyState::Passed => ("badge", text.hook_state_passed()),
            BodyState::Unread => ("badge is-failed", text.hooks_unread()),
        };
        view! {
            <tr>
                <td>{at(one.received_at, shown.zone, text)}</td>
                <td>{named(one, shown)}</td>
                <td><span class=badge>{state}</span></td>
                <td>{one.call.clone()}</td>
                <td class="num">{text.int(one.bytes)}</td>
            </tr>
        }
    };
    let head = view! {
        <th scope="col">{text.hook_at()}</th>
        <th scope="col">{text.hook_name()}</th>
        <th scope="col">{text.hook_state()}</th>
        <th scope="col">{text.hook_call()}</th>
        <th scope="col" class="num">{text.hook_bytes()}</th>
    };
    let rows = shown.last.iter().map(row).collect_view().into_any();
    Some(table("hooks-last", text.hooks_last().to_owned(), head.into_any(), rows, ().into_any()))
}

fn agents(shown: &HooksPage, text: Text) -> Option<AnyView> {
    if shown.agents.is_empty() {
        return None;
    }
    let head = view! {
        <th scope="col">{text.hook_source()}</th>
        <th scope="col">{text.hook_agent()}</th>
        <th scope="col">{text.hook_campaign()}</th>
        <th scope="col">{text.hook_voicebot()}</th>
        <th scope="col" class="stick"><span class="sr-only">{text.hook_agent_edit()}</span></th>
    };
    let rows = shown.agents.iter().enumerate().map(|(n, agent)| agent_row(n, agent, text));
    let rows = rows.collect_view().into_any();
    let aside = view! { <p class="field-note">{text.hooks_agents_why()}</p> };
    Some(table("hooks-agents", text.hooks_agents().to_owned(), head.into_any(), rows, aside.into_any()))
}

fn agent_row(n: usize, agent: &Agent, text: Text) -> AnyView {
    let id = format!("hook-agent-{n}");
    let campaign = agent.campaign.as_ref().map_or("", |id| id.as_str());
    let voicebot = agent.voicebot.as_ref().map_or("", |id| id.as_str());
    let filled = Filled::default()
        .with(&AGENT_SOURCE, agent.source.word())
        .with(&AGENT, agent.agent.as_str())
        .with(&CAMPAIGN, campaign)
        .with(&VOICEBOT, voicebot);
    let (others, into) = match &agent.others {
        OtherCalls::Import => ("import", ""),
        OtherCalls::LeaveOut => ("leave", ""),
        OtherCalls::Campaign(id) => (OWN_CAMPAIGN, id.as_str()),
    };
    let filled = filled.with(&OTHERS, others).with(&OTHERS_CAMPAIGN, into);
    let left_out = (agent.left_out > 0)
        .then(|| view! { <p class="field-note">{text.hook_left_out(&text.calls(agent.left_out))}</p> });
    let form = SET_AGENT.view(&format!("{id}-form"), "/hooks/agents".to_owned(), Place::Sheet, &filled);
    let name = match (&agent.name, agent.agent.is_empty()) {
        (_, true) => text.hook_no_agent().to_owned(),
        (Some(name), false) => format!("{name} ({})", agent.agent),
        (None, false) => agent.agent.clone(),
    };
    let unknown =
        (!agent.is_known).then(|| view! { " "<span class="badge is-failed">{text.hook_agent_unknown()}</span> });
    let shown = |id: &str| if id.is_empty() { text.hook_own().to_owned() } else { id.to_owned() };
    view! {
        <tr>
            <td>{agent.source.name()}</td>
            <td>{name.clone()}{unknown}{left_out}</td>
            <td>{shown(campaign)}</td>
            <td>{shown(voicebot)}</td>
            <td class="num stick">
                <button class="btn" type="button" popovertarget=id.clone()>{text.hook_agent_edit()}</button>
                {sheet(&id, Side::End, name, form)}
            </td>
        </tr>
    }
    .into_any()
}
