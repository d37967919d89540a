//! Orders of lists, as they stand in addresses.

/// How the order of a list is written in URLs: the column's word, with `-` for descending. `$order` has `ALL` and `word`.
macro_rules! sort_words {
    ($sort:ident, $order:ident) => {
        impl $sort {
            /// The form in URLs: the column, with `-` for descending.
            pub fn to_word(self) -> String {
                format!("{}{}", if self.descending { "-" } else { "" }, self.by.word())
            }

            /// Reads what [`Self::to_word`] writes; none for anything else.
            pub fn from_word(text: &str) -> Option<Self> {
                let (descending, word) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
                $order::ALL.into_iter().find(|by| by.word() == word).map(|by| Self { by, descending })
            }
        }
    };
}
pub(crate) use sort_words;
