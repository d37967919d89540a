//! How the mail looks. Colours stand in the elements, as Outlook and Gmail want them; the dark palette overrides them by
//! class where a mail program knows `prefers-color-scheme` (Apple Mail and others).

use super::letter::Tone;

/// The font; Inter where somebody has it, no web font is loaded.
pub const FONT: &str = "font-family:Inter,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif";
pub const CANVAS: &str = "#F6F7F9";
pub const SURFACE: &str = "#FFFFFF";
pub const LINE: &str = "#E2E6EB";
pub const INK: &str = "#18212C";
pub const MUTED: &str = "#566172";
pub const ACCENT: &str = "#2459B8";

/// The fill of a bar: its colour, and the class that darkens it.
pub fn fill(tone: Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Success => ("#1F9E80", "fs"),
        Tone::Failed => ("#D08318", "ff"),
        Tone::Error => ("#D4524A", "fe"),
        Tone::Neutral => ("#8793A2", "fn"),
    }
}

/// In the head: only what cannot stand in the elements.
pub const STYLE: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}\
body{margin:0;padding:0;-webkit-text-size-adjust:100%}\
table{border-collapse:separate}\
@media (max-width:560px){.card,.card-foot{width:100%!important}.card{border-radius:0!important;border-width:0 0 1px!important}.outer{padding:0!important}.in{padding-left:16px!important;padding-right:16px!important}.btn a{display:block!important;text-align:center!important}.btn,.btnw{width:100%!important}.sh{display:none!important}}\
@media (prefers-color-scheme:dark){\
body,.canvas{background:#0E1318!important}.card{background:#151B22!important;border-color:#28323D!important}\
.ink{color:#E7ECF2!important}.muted{color:#A3AFBD!important}.link{color:#86AEF5!important}\
.btn{background:#86AEF5!important}.btn a{color:#0E1318!important}\
.box,.box td{border-color:#28323D!important}.rule{border-color:#28323D!important}\
.fs{background:#2FA487!important}.ff{background:#C98F35!important}.fe{background:#D6605A!important}.fn{background:#6C7987!important}}";
