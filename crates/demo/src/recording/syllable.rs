//! A written Vietnamese syllable as sounds: how it begins, its vowels, how it ends, its tone.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyllableTone {
    /// Ngang: level.
    Level,
    /// Huyền: falling.
    Falling,
    /// Sắc: rising.
    Rising,
    /// Hỏi: dipping.
    Dipping,
    /// Ngã: broken and rising.
    Broken,
    /// Nặng: low and cut short.
    Heavy,
}

/// The first consonant, as far as a telephone line lets one tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Onset {
    /// Begins with its vowel.
    None,
    /// A hiss around so many Hz, so loud.
    Hiss(f32, f32),
    /// Silence, then a burst around so many Hz.
    Stop(f32),
    /// Voice with the mouth closed or nearly closed.
    Murmur,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coda {
    /// Ends with its vowel.
    Open,
    /// m, n, ng, nh.
    Nasal,
    /// p, t, c, ch: cut off.
    Stop,
}

/// First three resonances of a vowel, in Hz, of a grown man.
pub type Formants = [f32; 3];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Syllable {
    /// How it begins.
    pub onset: Onset,
    /// Up to three vowels, and how many there are.
    pub vowels: ([Formants; 3], usize),
    /// How it ends.
    pub coda: Coda,
    pub tone: SyllableTone,
}

const A: Formants = [850.0, 1_350.0, 2_600.0];

impl Syllable {
    /// Reads a written syllable; what is not Vietnamese becomes some syllable, too.
    pub fn read(word: &str) -> Self {
        let mut tone = SyllableTone::Level;
        let mut letters = ['\0'; 12];
        let mut count = 0;
        for letter in word.chars().flat_map(char::to_lowercase).take(letters.len()) {
            let (base, mark) = plain(letter);
            tone = mark.unwrap_or(tone);
            letters[count] = base;
            count += 1;
        }
        let letters = &letters[..count];
        if let Some(digit) = letters.first().and_then(|letter| letter.to_digit(10)) {
            return Self::digit(digit);
        }
        let is_vowel = |letter: &char| formants(*letter).is_some();
        let mut start = letters.iter().position(is_vowel).unwrap_or(0);
        // The u of "qu" and the i of "gi" belong to the consonant where another vowel follows.
        let glides = matches!(letters[..start], ['q' | 'g']) && matches!(letters.get(start), Some('u' | 'i'));
        if glides && letters.get(start + 1).is_some_and(is_vowel) {
            start += 1;
        }
        let end = letters[start..].iter().position(|letter| !is_vowel(letter)).map_or(count, |n| start + n);
        let mut vowels = ([A; 3], 0);
        for formants in letters[start..end].iter().filter_map(|letter| formants(*letter)).take(3) {
            vowels.0[vowels.1] = formants;
            vowels.1 += 1;
        }
        vowels.1 = vowels.1.max(1);
        let coda = match letters.get(end) {
            Some('m' | 'n') => Coda::Nasal,
            Some('p' | 't' | 'c') => Coda::Stop,
            _ => Coda::Open,
        };
        Self { onset: onset(&letters[..start]), vowels, coda, tone }
    }

    /// "không một hai ba bốn năm sáu bảy tám chín".
    fn digit(digit: u32) -> Self {
        const WORDS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
        Self::read(WORDS[digit as usize % 10])
    }
}

fn onset(letters: &[char]) -> Onset {
    match letters {
        [] => Onset::None,
        ['s' | 'x', ..] => Onset::Hiss(3_500.0, 0.9),
        ['c', 'h'] | ['t', 'r'] => Onset::Hiss(2_900.0, 0.8),
        ['p', 'h'] => Onset::Hiss(2_300.0, 0.4),
        ['k', 'h'] => Onset::Hiss(1_500.0, 0.5),
        ['t', 'h'] | ['h', ..] => Onset::Hiss(1_100.0, 0.35),
        ['t', ..] => Onset::Stop(3_000.0),
        ['c' | 'k' | 'q', ..] => Onset::Stop(1_700.0),
        ['p', ..] => Onset::Stop(900.0),
        _ => Onset::Murmur,
    }
}

fn formants(vowel: char) -> Option<Formants> {
    Some(match vowel {
        'a' => A,
        'ă' => [800.0, 1_450.0, 2_550.0],
        'â' => [600.0, 1_250.0, 2_500.0],
        'e' => [650.0, 1_850.0, 2_600.0],
        'ê' => [450.0, 2_100.0, 2_700.0],
        'i' | 'y' => [300.0, 2_250.0, 2_950.0],
        'o' => [620.0, 950.0, 2_500.0],
        'ô' => [450.0, 800.0, 2_450.0],
        'ơ' => [520.0, 1_250.0, 2_450.0],
        'u' => [330.0, 750.0, 2_350.0],
        'ư' => [350.0, 1_350.0, 2_350.0],
        _ => return None,
    })
}

/// A letter without its tone mark, and the tone.
fn plain(letter: char) -> (char, Option<SyllableTone>) {
    const MARKED: [(char, &str); 12] = [
        ('a', "àáảãạ"),
        ('ă', "ằắẳẵặ"),
        ('â', "ầấẩẫậ"),
        ('e', "èéẻẽẹ"),
        ('ê', "ềếểễệ"),
        ('i', "ìíỉĩị"),
        ('o', "òóỏõọ"),
        ('ô', "ồốổỗộ"),
        ('ơ', "ờớởỡợ"),
        ('u', "ùúủũụ"),
        ('ư', "ừứửữự"),
        ('y', "ỳýỷỹỵ"),
    ];
    const TONES: [SyllableTone; 5] =
        [SyllableTone::Falling, SyllableTone::Rising, SyllableTone::Dipping, SyllableTone::Broken, SyllableTone::Heavy];
    if letter.is_ascii() {
        return (letter, None);
    }
    let found = MARKED.iter().find_map(|(base, marked)| {
        let place = marked.chars().position(|marked| marked == letter)?;
        Some((*base, Some(TONES[place])))
    });
    found.unwrap_or((letter, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syllable_is_read_as_it_is_spoken() {
        let read = Syllable::read;
        assert_eq!(read("Dạ").tone, SyllableTone::Heavy);
        assert_eq!(read("chuyển").tone, SyllableTone::Dipping);
        assert_eq!(read("chuyển").vowels.1, 3);
        assert_eq!(read("chuyển").coda, Coda::Nasal);
        assert_eq!(read("một"), read("1"));
        assert_eq!(read("một").coda, Coda::Stop);
        assert_eq!(read("anh").onset, Onset::None);
        assert_eq!(read("quý").vowels.1, 1);
        assert_eq!(read("gì").vowels.1, 1);
        assert_eq!(read("giữ").vowels, read("sữ").vowels);
        // Whatever is sent in has a sound.
        assert_eq!(read("").vowels.1, 1);
        assert_eq!(read("OTP").onset, Onset::None);
    }
}
