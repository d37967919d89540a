//! Who has signed in, by the ID token and, where it does not say all, by what the provider tells of them besides.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet},
};
use serde_json::Value;

use super::{
    refusal::Refusal,
    signatures::{ALGORITHMS, CLOCKS_MS, MAX_SUBJECT, chrono_of, refusal},
};
use crate::settings::OidcSettings;

/// The longest token that is kept to be shown when somebody signs out, in bytes: it goes into an address.
const MAX_HINT_BYTES: usize = 4_096;
/// Groups that are looked at.
const MAX_GROUPS: usize = 1_000;

/// Somebody as the provider shows them in.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// What it calls them.
    pub subject: String,
    /// What it calls their session.
    pub sid: Option<String>,
    pub email: Option<String>,
    /// Whether it is theirs for certain.
    pub is_email_verified: bool,
    /// How they are addressed; may be empty.
    pub name: String,
    pub groups: Vec<String>,
    /// The token that says so.
    pub id_token: String,
    /// Whether the claim of the groups was there.
    pub(super) has_groups: bool,
}

impl Identity {
    /// Whether the token leaves out what one needs to know.
    pub(super) fn is_incomplete(&self) -> bool {
        self.email.is_none() || !self.has_groups
    }

    /// The token, where it can be shown when they sign out.
    pub fn hint(&self) -> Option<&str> {
        Some(self.id_token.as_str()).filter(|token| token.len() <= MAX_HINT_BYTES)
    }

    /// Of the claims of a token, and of what is told besides: the token's own come first.
    pub(super) fn of(settings: &OidcSettings, claims: &Value, more: Option<&Value>) -> Result<Self, Refusal> {
        let subject = text(claims, "sub").ok_or(Refusal::Form)?;
        if subject.len() > MAX_SUBJECT {
            return Err(Refusal::Form);
        }
        if more.is_some_and(|more| text(more, "sub").as_ref() != Some(&subject)) {
            return Err(Refusal::Subject);
        }
        let sources = || [Some(claims), more].into_iter().flatten();
        // An address and whether it is verified come from one place.
        let with_email = sources().find_map(|source| Some((source, text(source, "email")?)));
        let is_email_verified = with_email.as_ref().is_some_and(|(source, _)| match source.get("email_verified") {
            Some(Value::Bool(verified)) => *verified,
            Some(Value::String(verified)) => verified == "true",
            None => settings.trusts_email,
            Some(_) => false,
        });
        let groups = sources().find_map(|source| claim(source, &settings.groups_claim));
        Ok(Self {
            sid: text(claims, "sid").filter(|sid| sid.len() <= MAX_SUBJECT),
            email: with_email.map(|(_, email)| email),
            is_email_verified,
            name: sources().find_map(|source| text(source, "name")).unwrap_or_default(),
            has_groups: groups.is_some(),
            groups: groups.map(groups_of).unwrap_or_default(),
            subject,
            id_token: String::new(),
        })
    }
}

/// A text of one line that the database can keep.
fn text(claims: &Value, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?;
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// A claim by its name; else, between points, one within others (`realm_access.roles`).
fn claim<'a>(claims: &'a Value, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| name.split('.').try_fold(claims, |claims, part| claims.get(part)))
}

fn groups_of(claim: &Value) -> Vec<String> {
    let names = match claim {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::String(name) => vec![name.as_str()],
        _ => Vec::new(),
    };
    let is_name = |name: &&str| {
        !name.is_empty() && name.chars().count() <= store::sso::GROUP_CHARS && !name.chars().any(char::is_control)
    };
    names.into_iter().filter(is_name).take(MAX_GROUPS).map(str::to_owned).collect()
}

/// Checks a token by the keys of the provider: signature, issuer, audience, times, nonce, and that the access token came with it. Gives its claims.
pub(super) fn check(
    settings: &OidcSettings,
    keys: &CoreJsonWebKeySet,
    token: &CoreIdToken,
    access: &AccessToken,
    nonce: &str,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| Refusal::Issuer)?;
    let latest = chrono_of(Timestamp(now.0 + CLOCKS_MS));
    let client = ClientId::new(settings.client_id.clone());
    let verifier = CoreIdTokenVerifier::new_public_client(client, issuer, keys.clone())
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || chrono_of(Timestamp(now.0 - CLOCKS_MS)))
        .set_issue_time_verifier_fn(move |at| if at <= latest { Ok(()) } else { Err("future".to_owned()) });
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(|error| refusal(&error))?;
    if claims.issue_time() > latest {
        return Err(Refusal::IssuedAt);
    }
    if claims.authorized_party().is_some_and(|party| party.as_str() != settings.client_id) {
        return Err(Refusal::Audience);
    }
    if let Some(expected) = claims.access_token_hash() {
        let key = token.signing_key(&verifier).map_err(|_| Refusal::Signature)?;
        let algorithm = token.signing_alg().map_err(|_| Refusal::Algorithm)?;
        let hash = AccessTokenHash::from_token(access, algorithm, key).map_err(|_| Refusal::AccessToken)?;
        if hash != *expected {
            return Err(Refusal::AccessToken);
        }
    }
    // The same text whose signature was checked.
    payload(&token.to_string())
}

/// The claims of a token whose signature was checked.
fn payload(token: &str) -> Result<Value, Refusal> {
    let part = token.split('.').nth(1).ok_or(Refusal::Form)?;
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Form)?;
    serde_json::from_slice(&json).map_err(|_| Refusal::Form)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(claim: &str, trusts_email: bool) -> OidcSettings {
        OidcSettings {
            issuer: "https://id.cty.vn".to_owned(),
            client_id: "ringside".to_owned(),
            client_secret: "s".to_owned(),
            name: "Cty".to_owned(),
            groups_claim: claim.to_owned(),
            scopes: Vec::new(),
            trusts_email,
        }
    }

    fn groups(claim: &str, claims: Value) -> Vec<String> {
        let mut claims = claims;
        claims["sub"] = json!("1");
        Identity::of(&settings(claim, false), &claims, None).unwrap().groups
    }

    #[test]
    fn groups_are_a_list_a_text_or_within_other_claims() {
        assert_eq!(groups("groups", json!({"groups": ["a", 7, "", "b\u{0}", "c"]})), ["a", "c"]);
        assert_eq!(groups("hd", json!({"hd": "antam.vn"})), ["antam.vn"]);
        assert_eq!(groups("realm_access.roles", json!({"realm_access": {"roles": ["a"]}})), ["a"]);
        let own = "https://antam.vn/groups";
        assert_eq!(groups(own, json!({own: ["a"]})), ["a"]);
        assert_eq!(groups("groups", json!({"roles": ["a"]})), [""; 0]);
        assert_eq!(groups("groups", json!({"groups": ["x".repeat(300), "a"]})), ["a"]);
    }

    #[test]
    fn an_address_is_verified_where_the_provider_or_the_operator_says_so() {
        let verified = |claims: Value, trusts: bool| {
            let shown = Identity::of(&settings("groups", trusts), &claims, None).unwrap();
            (shown.email.is_some(), shown.is_email_verified)
        };
        let with = |verified: Value| json!({"sub": "1", "email": "lan@cty.vn", "email_verified": verified});
        assert_eq!(verified(with(json!(true)), false), (true, true));
        assert_eq!(verified(with(json!("true")), false), (true, true));
        for unsaid in [json!(false), json!("false"), json!(1), json!(null)] {
            assert_eq!(verified(with(unsaid.clone()), true), (true, false), "{unsaid}");
        }
        let unsaid = json!({"sub": "1", "email": "lan@cty.vn"});
        assert_eq!(verified(unsaid.clone(), false), (true, false));
        assert_eq!(verified(unsaid, true), (true, true));
        assert_eq!(verified(json!({"sub": "1", "email_verified": true}), true), (false, false));
    }

    #[test]
    fn what_is_told_besides_is_of_the_same_person() {
        let (claims, settings) = (json!({"sub": "1", "email": "lan@cty.vn"}), settings("groups", false));
        let more = json!({"sub": "1", "email": "hoa@cty.vn", "email_verified": true, "groups": ["a"], "name": "Lan"});
        let shown = Identity::of(&settings, &claims, Some(&more)).unwrap();
        // An address of the token is not verified by what is said of another.
        assert_eq!((shown.email.as_deref(), shown.is_email_verified), (Some("lan@cty.vn"), false));
        assert_eq!((shown.groups, shown.name.as_str()), (vec!["a".to_owned()], "Lan"));
        let other = json!({"sub": "2", "groups": ["a"]});
        assert_eq!(Identity::of(&settings, &claims, Some(&other)).err(), Some(Refusal::Subject));
        assert_eq!(Identity::of(&settings, &json!({"sub": "x".repeat(256)}), None).err(), Some(Refusal::Form));
    }
}
