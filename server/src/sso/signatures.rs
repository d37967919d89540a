//! What holds for every token of the provider: which signatures are taken, how far clocks may differ, how long a name may be.

use domain::Timestamp;
use openidconnect::{ClaimsVerificationError, SignatureVerificationError, core::CoreJwsSigningAlgorithm};

use super::refusal::Refusal;

/// How far the clocks of provider and server may be apart, ms.
pub const CLOCKS_MS: i64 = 60 * 1_000;

/// What the provider calls somebody, at most, in bytes (OpenID Connect Core §2).
pub const MAX_SUBJECT: usize = 255;

/// Algorithms that are taken: of key pairs alone. A shared secret would let whoever knows the program's secret sign as the provider.
pub const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// An instant as the library takes it.
pub fn chrono_of(at: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}

/// Why claims are refused; the library's words may repeat a person's data.
pub fn refusal(error: &ClaimsVerificationError) -> Refusal {
    match error {
        ClaimsVerificationError::Expired(_) => Refusal::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Refusal::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Refusal::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Refusal::Nonce,
        ClaimsVerificationError::InvalidSubject(_) => Refusal::Subject,
        ClaimsVerificationError::SignatureVerification(error) => of_signature(error),
        _ => Refusal::Form,
    }
}

/// Why a signature is refused.
pub fn of_signature(error: &SignatureVerificationError) -> Refusal {
    match error {
        SignatureVerificationError::NoSignature => Refusal::Unsigned,
        SignatureVerificationError::DisallowedAlg(_) | SignatureVerificationError::UnsupportedAlg(_) => {
            Refusal::Algorithm
        }
        SignatureVerificationError::NoMatchingKey => Refusal::UnknownKey,
        SignatureVerificationError::CryptoError(_) | SignatureVerificationError::InvalidKey(_) => Refusal::Signature,
        _ => Refusal::Form,
    }
}
