//! Badges, tags and initials.

/// One or two initials of a name, for its avatar.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let picked: Vec<&str> = match words.as_slice() {
        [] => vec![],
        [one] => vec![one],
        [first, .., last] => vec![first, last],
    };
    picked.into_iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        assert_eq!(initials("An Tâm"), "AT");
        assert_eq!(initials("nguyễn thị hoa"), "NH");
        assert_eq!(initials("demo"), "D");
        assert_eq!(initials(""), "");
    }
}
