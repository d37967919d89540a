//! Declaring a result code where it is first met.

use leptos::prelude::*;

use crate::AppError;

/// Defines a result code of the account; every figure follows. Managers and owners only.
#[server(DefineCode, prefix = "/fn", endpoint = "define-code")]
pub async fn define_code(
    code: String,
    label_vi: String,
    label_en: String,
    is_goal: Option<String>,
) -> Result<(), AppError> {
    let (who, mut conn) = crate::request::begin_write(domain::Role::Manager).await?;
    let code = domain::Code::new(code)
        .map_err(|error| AppError::invalid(domain::FieldError::new("code", error.to_string())))?;
    let definition = domain::ResultCode { code, label_vi, label_en, color: None, is_goal: is_goal.is_some() };
    store::result_codes::put(&mut conn, &who.scope, &definition).await?;
    conn.commit().await?;
    Ok(())
}

#[cfg(feature = "ssr")]
pub use form::form;

#[cfg(feature = "ssr")]
mod form {
    use domain::Code;
    use leptos::prelude::*;

    use crate::{components::CloseButton, overview::panel::Page};

    /// The button and the form of the `n`-th undefined code. A plain form: the server answers with this page, read anew.
    pub fn form(page: &Page, n: usize, code: &Code) -> AnyView {
        let text = page.text;
        let id = format!("declare-{n}");
        let title = text.define_code_title(code.as_str());
        view! {
            <button class="link" type="button" popovertarget=id.clone()>{text.define_code()}" "{code.to_string()}</button>
            <form class="popover popover-end" popover id=id method="post" action="/fn/define-code"
                aria-label=title>
                <div class="popover-head"><span>{title.clone()}</span><CloseButton target=id.clone() /></div>
                <div class="sheet-form">
                    <input type="hidden" name="code" value=code.to_string() />
                    <label class="field">
                        <span class="field-label">{text.label_vi()}</span>
                        <input class="input" name="label_vi" required maxlength="300" lang="vi" />
                    </label>
                    <label class="field">
                        <span class="field-label">{text.label_en()}</span>
                        <input class="input" name="label_en" required maxlength="300" lang="en" />
                    </label>
                    <label class="check">
                        <input class="checkbox" type="checkbox" name="is_goal" value="true" />
                        {text.code_is_goal()}
                    </label>
                    <div class="dialog-foot">
                        <button class="btn btn-primary" type="submit">{text.define_code()}</button>
                    </div>
                </div>
            </form>
        }
        .into_any()
    }
}
