//! A holder's name in kana and a birth date, in the one form in which they can be compared.

use crate::{Invalid, invalid::text_type};
use unicode_normalization::UnicodeNormalization;

/// A person's name in full-width katakana, surname first, one space between the parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kana(String);

const SMALL: [(char, char); 10] = [
    ('ァ', 'ア'),
    ('ィ', 'イ'),
    ('ゥ', 'ウ'),
    ('ェ', 'エ'),
    ('ォ', 'オ'),
    ('ッ', 'ツ'),
    ('ャ', 'ヤ'),
    ('ュ', 'ユ'),
    ('ョ', 'ヨ'),
    ('ヮ', 'ワ'),
];

impl Kana {
    /// Reads kana of either width or hiragana: NFKC, hiragana to katakana, one space between parts.
    ///
    /// # Errors
    /// Empty, over 60 characters, or a character that is not kana.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = Invalid::new("kana name", "1 to 60 characters of katakana, hiragana and spaces");
        if text.len() > 400 {
            return Err(wrong);
        }
        let mut name = String::new();
        for part in text.nfkc().collect::<String>().split_whitespace() {
            if !name.is_empty() {
                name.push(' ');
            }
            for c in part.chars() {
                name.push(match c {
                    'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).ok_or_else(|| wrong.clone())?,
                    'ァ'..='ヺ' | 'ー' | '・' => c,
                    '-' | '‐' | '−' | '–' | '—' => 'ー',
                    _ => return Err(wrong),
                });
            }
        }
        if name.is_empty() || name.chars().count() > 60 {
            return Err(wrong);
        }
        Ok(Self(name))
    }

    /// The name in full-width katakana.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is compared: small kana as large ones, no spaces, dots or long-vowel marks.
    ///
    /// Banks' records cannot hold small kana and write the long vowel as a hyphen
    /// (Zengin character set), so these carry no difference between persons; voiced marks do.
    pub fn comparable(&self) -> String {
        self.0
            .chars()
            .filter(|c| !matches!(c, ' ' | '・' | 'ー'))
            .map(|c| SMALL.iter().find(|(small, _)| *small == c).map_or(c, |(_, large)| *large))
            .collect()
    }

    /// Whether both write the same name (P4: an exact match; "close" is not a match).
    pub fn matches(&self, other: &Self) -> bool {
        self.comparable() == other.comparable()
    }

    /// Shown to another customer: the first character of each part, `ヤ● ハ●`.
    pub fn masked(&self) -> String {
        self.0
            .split(' ')
            .filter_map(|part| part.chars().next())
            .map(|first| format!("{first}●"))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl std::fmt::Debug for Kana {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

text_type!(Kana);

/// A calendar date of birth, `1988-04-12`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDate(String);

impl BirthDate {
    /// Reads `YYYY-MM-DD` of a day that existed, 1880 to 2100.
    ///
    /// # Errors
    /// Another form, or no such day.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = Invalid::new("birth date", "a day as YYYY-MM-DD");
        let shape = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(wrong);
        }
        let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
        let (year, month, day) = (number(0..4), number(5..7), number(8..10));
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if (1880..=2100).contains(&year) && day >= 1 && day <= days {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong)
        }
    }

    /// `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

text_type!(BirthDate);

#[cfg(test)]
mod tests {
    use super::*;

    // promise: P4
    #[test]
    fn names_match_exactly_or_not_at_all() {
        for (ours, banks, same) in [
            ("ヤマダ ハナコ", "ﾔﾏﾀﾞ ﾊﾅｺ", true),
            ("やまだ はなこ", "ヤマダハナコ", true),
            ("キャサリン ジョー", "ｷﾔｻﾘﾝ ｼﾞﾖ-", true),
            ("ヤマダ ハナコ", "ヤマタ ハナコ", false),
            ("ヤマダ ハナコ", "ヤマダ ハナエ", false),
            ("ヤマダ ハナコ", "ハナコ ヤマダ", false),
            ("サトウ オオジ", "サトウ オウジ", false),
        ] {
            let (a, b) = (Kana::parse(ours).expect(ours), Kana::parse(banks).expect(banks));
            assert_eq!(a.matches(&b), same, "{ours} and {banks}");
        }
    }

    #[test]
    fn names_refuse_what_is_not_kana() {
        for text in ["", " ", "山田", "Yamada", "ヤマダ1", &"ア".repeat(61)] {
            assert!(Kana::parse(text).is_err(), "{text}");
        }
        assert_eq!(Kana::parse("ヤマダ ハナコ").expect("kana").masked(), "ヤ● ハ●");
    }

    #[test]
    fn days_that_existed() {
        for (text, fine) in [
            ("1988-04-12", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("1988-4-12", false),
            ("1988-13-01", false),
            ("1988-00-01", false),
            ("1988-04-31", false),
            ("", false),
        ] {
            assert_eq!(BirthDate::parse(text).is_ok(), fine, "{text}");
        }
    }
}
