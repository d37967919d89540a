//! Which names look alike to who reads them.

use domain::text::is_unseen;
use unicode_normalization::UnicodeNormalization;

/// What is left of a name once everything is taken away that a reader may overlook: how letters are encoded, their case, what has
/// no width, blanks and marks between words, and letters of other alphabets that look like Latin ones. Two names with the same
/// likeness look alike. Accents stay: they make other names.
pub(super) fn likeness(name: &str) -> String {
    let seen =
        name.nfkc().filter(|c| !is_unseen(*c) && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'));
    let lower = seen.flat_map(char::to_lowercase).collect::<String>();
    lower.nfkc().filter(|c| c.is_alphanumeric() || is_mark(*c)).map(latin).collect()
}

/// Marks that stand on a letter: an accent that no letter was composed with.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The Latin letter that a lower-case letter or a digit looks like.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' | 'ı' | '1' | 'l' | 'ӏ' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ո' | 'η' => 'n',
        'о' | 'ο' | 'σ' | '0' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ζ' => 'z',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_alike_and_others_are_not() {
        let alike = |a: &str, b: &str| likeness(a) == likeness(b);
        for (a, b) in [
            ("An Tâm", "an tâm"),
            ("An Tâm", "An  Tâm"),
            ("An Tâm", "An-Tâm."),
            ("An Tâm", "An\u{a0}Tâm"),
            ("An Tâm", "An Ta\u{302}m"),
            ("An Tâm", "Аn Tâm"),
            ("An Tâm", "A\u{200d}n T\u{200b}âm"),
            ("An Tâm", "Ａｎ Ｔâｍ"),
            ("Kilo 10", "Kilo lO"),
            ("ﬁn", "fin"),
        ] {
            assert!(alike(a, b), "{a:?} {b:?}: {} {}", likeness(a), likeness(b));
        }
        for (a, b) in [("An Tâm", "An Tam"), ("An Tâm", "An Tâm 2"), ("Á Châu", "A Châu"), ("公司", "公社")] {
            assert!(!alike(a, b), "{a:?} {b:?}");
        }
    }
}
