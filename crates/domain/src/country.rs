//! The country of an account: how numbers are read that name none.

use std::fmt;

/// Why a text is no country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a country of two letters (ISO 3166), such as VN")]
pub struct CountryError;

/// A country by its two letters (ISO 3166), such as `VN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Vietnam, whose numbers are read by own rules (`phone::matching_key`).
    pub const VIETNAM: Self = Self(*b"VN");

    /// Reads the two letters, large or small.
    ///
    /// # Errors
    /// Where they are none, or no numbers are known of such a country.
    pub fn new(text: &str) -> Result<Self, CountryError> {
        let letters: [u8; 2] = text.trim().to_ascii_uppercase().as_bytes().try_into().map_err(|_| CountryError)?;
        let country = Self(letters);
        let is_known = letters.iter().all(u8::is_ascii_uppercase);
        #[cfg(feature = "numbering")]
        let is_known = is_known && crate::numbering::is_known(country);
        if is_known { Ok(country) } else { Err(CountryError) }
    }

    /// All of which numbers are known, by their letters.
    pub fn all() -> impl Iterator<Item = Self> {
        let pairs = (b'A'..=b'Z').flat_map(|first| (b'A'..=b'Z').map(move |second| [first, second]));
        pairs.filter_map(|letters| Self::new(std::str::from_utf8(&letters).ok()?).ok())
    }

    /// The two letters of ISO 3166-1, such as `VN`.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters are taken in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Default for Country {
    fn default() -> Self {
        Self::VIETNAM
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
