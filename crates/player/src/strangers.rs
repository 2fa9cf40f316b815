//! Invents people whom nobody has met: names, birth dates, phones and mail addresses.

use aws_lc_rs::rand;

use crate::trouble::Trouble;

/// Family names with their reading.
const FAMILIES: [(&str, &str); 12] = [
    ("青木", "アオキ"),
    ("石田", "イシダ"),
    ("上田", "ウエダ"),
    ("岡本", "オカモト"),
    ("川口", "カワグチ"),
    ("小林", "コバヤシ"),
    ("杉山", "スギヤマ"),
    ("高橋", "タカハシ"),
    ("中島", "ナカジマ"),
    ("橋本", "ハシモト"),
    ("松田", "マツダ"),
    ("吉村", "ヨシムラ"),
];
/// Given names with their reading.
const GIVEN: [(&str, &str); 12] = [
    ("葵", "アオイ"),
    ("一郎", "イチロウ"),
    ("恵", "メグミ"),
    ("薫", "カオル"),
    ("健太", "ケンタ"),
    ("早苗", "サナエ"),
    ("翔", "ショウ"),
    ("大輔", "ダイスケ"),
    ("直美", "ナオミ"),
    ("真一", "シンイチ"),
    ("由美", "ユミ"),
    ("涼", "リョウ"),
];

/// A person who does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Family and given name.
    pub name: String,
    /// The same in full-width katakana.
    pub kana: String,
    /// `YYYY-MM-DD`, an adult.
    pub birth_date: String,
    /// An eleven-digit mobile number.
    pub phone: String,
    /// A mail address under example.jp.
    pub mail: String,
    /// A name to be paid under: 3 to 20 letters and digits.
    pub handle: String,
}

impl Stranger {
    /// Somebody new; the `place` (0, 1, …) makes sure that the strangers of one play have different family names.
    ///
    /// # Errors
    /// [`Trouble::Option`] when the machine gives no random bytes.
    pub fn new(place: usize) -> Result<Self, Trouble> {
        let mut random = [0_u8; 16];
        rand::fill(&mut random)
            .map_err(|_| Trouble::Option("the operating system gave no random bytes".to_owned()))?;
        Ok(Self::from_random(place, u128::from_be_bytes(random)))
    }

    fn from_random(place: usize, random: u128) -> Self {
        let mut rest = random;
        let mut below = |limit: u128| {
            let drawn = rest % limit;
            rest /= limit;
            // Every limit here is far below what an index can be.
            usize::try_from(drawn).unwrap_or_default()
        };
        let given = GIVEN[below(12)];
        let (year, month, day) = (1950 + below(55), 1 + below(12), 1 + below(28));
        let (phone, word) = (below(100_000_000), below(1 << 40));
        let family = FAMILIES[place % FAMILIES.len()];
        Self {
            name: format!("{} {}", family.0, given.0),
            kana: format!("{} {}", family.1, given.1),
            birth_date: format!("{year}-{month:02}-{day:02}"),
            phone: format!("080{phone:08}"),
            mail: format!("player-{word:010x}@example.jp"),
            handle: format!("p{word:010x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_valid_and_differ() {
        for (place, random) in [(0, 0), (1, u128::MAX), (25, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef)] {
            let stranger = Stranger::from_random(place, random);
            assert_eq!(stranger.phone.len(), 11, "{stranger:?}");
            assert_eq!(stranger.birth_date.len(), 10, "{stranger:?}");
            assert!((3..=20).contains(&stranger.handle.len()), "{stranger:?}");
        }
        assert_ne!(Stranger::from_random(0, 7).kana, Stranger::from_random(1, 7).kana);
    }
}
