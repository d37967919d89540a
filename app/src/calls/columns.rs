//! Which columns of the call list are shown. They are in the address (`column=phone&column=cost`), so that a link shows
//! the same table to somebody else; the cells of the others are there and hidden by style.

/// A column that may be hidden. Time and customer always stay: one orders the list, the other opens the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionalColumn {
    /// The word in the address and in the style's `hide-…`.
    pub word: &'static str,
    bit: u16,
}

/// In the order of the table.
pub const COLUMNS: [OptionalColumn; 13] = {
    const WORDS: [&str; 13] = [
        "phone",
        "attempt",
        "status",
        "code",
        "ring",
        "talk",
        "messages",
        "blocks",
        "cost",
        "hangup",
        "cause",
        "own",
        "recording",
    ];
    let mut columns = [OptionalColumn { word: "", bit: 0 }; 13];
    let mut n = 0;
    while n < WORDS.len() {
        columns[n] = OptionalColumn { word: WORDS[n], bit: 1 << n };
        n += 1;
    }
    columns
};

/// The columns that are shown where nobody chose: all but who hung up, why, and the account's own values, for which there is no room
/// beside the others.
const STANDARD: u16 = !(1 << 9 | 1 << 10 | 1 << 11);

/// The word of the columns that always stay: a form without a tick still says that columns were chosen.
pub const LOCKED: &str = "time";

/// A choice of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownColumns(u16);

impl Default for ShownColumns {
    fn default() -> Self {
        Self(STANDARD)
    }
}

impl ShownColumns {
    /// The choice of an address; words that mean nothing are passed over. Without any word: the default.
    pub fn read<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut words = words.peekable();
        if words.peek().is_none() {
            return Self::default();
        }
        let bit = |word: &str| COLUMNS.iter().find(|column| column.word == word).map_or(0, |column| column.bit);
        let chosen = words.fold(0, |shown, word| shown | bit(word));
        let standard = COLUMNS.iter().fold(0, |all, column| all | column.bit) & STANDARD;
        if chosen == standard { Self::default() } else { Self(chosen) }
    }

    /// Whether a column is shown.
    pub fn has(self, column: OptionalColumn) -> bool {
        self.0 & column.bit != 0
    }

    /// The words of the address; none for the default.
    pub fn words(self) -> Vec<&'static str> {
        if self == Self::default() {
            return vec![];
        }
        let chosen = COLUMNS.iter().filter(|column| self.has(**column)).map(|column| column.word);
        std::iter::once(LOCKED).chain(chosen).collect()
    }

    /// The classes of the table that hide the others, and say whether somebody chose.
    pub fn classes(self) -> String {
        let hidden: Vec<&str> = COLUMNS.iter().filter(|column| !self.has(**column)).map(|column| column.word).collect();
        let standard = if self == Self::default() { "columns-standard " } else { "" };
        if hidden.is_empty() { String::new() } else { format!("{standard}hide-{}", hidden.join(" hide-")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_its_address_and_the_standard_needs_none() {
        let chosen = ShownColumns::read(["time", "cost", "phone", "nonsense"].into_iter());
        assert_eq!(chosen.words(), ["time", "phone", "cost"]);
        assert_eq!(ShownColumns::read(chosen.words().into_iter()), chosen);
        assert_eq!(ShownColumns::read(std::iter::once("time")).classes().matches("hide-").count(), COLUMNS.len());
        let all = COLUMNS.iter().map(|column| column.word);
        assert_eq!(ShownColumns::read(all.clone()).classes(), "");
        let standard = all.filter(|word| !["hangup", "cause", "own"].contains(word));
        assert_eq!(ShownColumns::read(standard), ShownColumns::default());
        let classes = "columns-standard hide-hangup hide-cause hide-own".to_owned();
        assert_eq!((ShownColumns::default().words(), ShownColumns::default().classes()), (vec![], classes));
    }
}
