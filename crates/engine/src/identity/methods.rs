//! How a person may be proofed and between which dates; a picture of a card or of a face is on the list to be refused.

use terms::{Span, Time};

/// One way to prove an identity to a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofingMethod {
    /// The code, such as `jpki_signature`.
    pub code: &'static str,
    /// Its name in Japanese.
    pub name_ja: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// Whether it looks at pictures, which can be made.
    pub image: bool,
    /// When it may be used.
    pub usable: ProofingUse,
}

/// When a proofing method may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofingUse {
    /// From the first day on and, where there is an end, before it. Days begin at midnight in Japan.
    Between {
        /// The first day.
        valid_from: Day,
        /// The first day on which it may not be used any more.
        valid_until: Option<Day>,
    },
    /// At no time.
    Never {
        /// Why, as a sentence in Japanese.
        because_ja: &'static str,
        /// Why, as a sentence in English.
        because_en: &'static str,
    },
}

/// A calendar day in Japan: year, month, day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub i64, pub i64, pub i64);

impl Day {
    /// Midnight in Japan (UTC+9, no summer time) at which the day begins.
    pub const fn begins_at(self) -> Time {
        // Days of the civil calendar since 1970; years begin in March, so that the leap day is the last of its year.
        let year = if self.1 <= 2 { self.0 - 1 } else { self.0 };
        let of_year = (153 * ((self.1 + 9) % 12) + 2) / 5 + self.2 - 1;
        let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year;
        Time::from_millis((days - 719_468) * 86_400_000).minus(Span::hours(9))
    }
}

/// All methods that the wallet has a word for, usable or not.
pub const PROOFING_METHODS: [ProofingMethod; 3] = [
    ProofingMethod {
        code: "jpki_signature",
        name_ja: "マイナンバーカードの署名用電子証明書（公的個人認証）",
        name_en: "signature certificate of the My Number card (JPKI)",
        image: false,
        // Private verifiers may check JPKI certificates since the card exists.
        usable: ProofingUse::Between { valid_from: Day(2016, 1, 1), valid_until: None },
    },
    ProofingMethod {
        code: "ic_chip_licence",
        name_ja: "運転免許証のICチップの読み取り",
        name_en: "reading the IC chip of the driving licence",
        image: false,
        // The day on which the ordinance of the act against criminal proceeds took up online proofing.
        usable: ProofingUse::Between { valid_from: Day(2018, 11, 30), valid_until: None },
    },
    ProofingMethod {
        code: "card_and_face_picture",
        name_ja: "本人確認書類の画像と容貌の画像",
        name_en: "picture of an identity card and of the face",
        image: true,
        // The method ends by law on 2027-04-01; this wallet never begins with it.
        usable: ProofingUse::Never {
            because_ja: "画像は偽造できるため、このウォレットでは受け付けません。2027年4月1日からは法令上も認められません。",
            because_en: "Pictures can be forged, so this wallet does not take them; from 1 April 2027 the law does not either.",
        },
    },
];

impl ProofingMethod {
    /// The method of this code.
    pub fn find(code: &str) -> Option<&'static Self> {
        PROOFING_METHODS.iter().find(|method| method.code == code)
    }

    /// Whether it may be used now. What looks at pictures never may, whatever its dates say.
    pub fn is_valid_at(&self, now: Time) -> bool {
        match self.usable {
            ProofingUse::Between { valid_from, valid_until } => {
                !self.image
                    && now >= valid_from.begins_at()
                    && valid_until.is_none_or(|until| now < until.begins_at())
            }
            ProofingUse::Never { .. } => false,
        }
    }

    /// From when on it may be used; nothing when it never may.
    pub fn valid_from(&self) -> Option<Time> {
        match self.usable {
            ProofingUse::Between { valid_from, .. } => Some(valid_from.begins_at()),
            ProofingUse::Never { .. } => None,
        }
    }

    /// Before when it may be used, where an end is known.
    pub fn valid_until(&self) -> Option<Time> {
        match self.usable {
            ProofingUse::Between { valid_until, .. } => valid_until.map(Day::begins_at),
            ProofingUse::Never { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i64, month: i64, day: i64) -> Time {
        Day(year, month, day).begins_at()
    }

    #[test]
    fn a_day_begins_at_midnight_in_japan() {
        for (day, text) in [
            (Day(1970, 1, 1), "1969-12-31T15:00:00.000Z"),
            (Day(2016, 1, 1), "2015-12-31T15:00:00.000Z"),
            (Day(2024, 2, 29), "2024-02-28T15:00:00.000Z"),
            (Day(2024, 3, 1), "2024-02-29T15:00:00.000Z"),
            (Day(2027, 4, 1), "2027-03-31T15:00:00.000Z"),
        ] {
            assert_eq!(day.begins_at().to_string(), text);
        }
    }

    // promise: P4
    #[test]
    fn no_picture_is_ever_enough() {
        let pictures: Vec<_> = PROOFING_METHODS.iter().filter(|method| method.image).collect();
        assert!(!pictures.is_empty());
        for method in pictures {
            for year in 1970..2200 {
                assert!(!method.is_valid_at(at(year, 7, 1)), "{} in {year}", method.code);
            }
            // Not even if somebody gave it dates.
            let usable = ProofingUse::Between { valid_from: Day(2000, 1, 1), valid_until: None };
            assert!(!ProofingMethod { usable, ..*method }.is_valid_at(at(2026, 1, 1)), "{}", method.code);
        }
    }

    #[test]
    fn methods_are_valid_between_their_days() {
        let ended = ProofingMethod {
            usable: ProofingUse::Between { valid_from: Day(2026, 1, 1), valid_until: Some(Day(2027, 4, 1)) },
            ..PROOFING_METHODS[0]
        };
        let just_before = |time: Time| time.minus(Span::millis(1));
        for (method, now, valid) in [
            (PROOFING_METHODS[0], at(2026, 11, 22), true),
            (PROOFING_METHODS[1], at(2026, 11, 22), true),
            (PROOFING_METHODS[1], just_before(at(2018, 11, 30)), false),
            (PROOFING_METHODS[1], at(2018, 11, 30), true),
            (ended, just_before(at(2026, 1, 1)), false),
            (ended, just_before(at(2027, 4, 1)), true),
            (ended, at(2027, 4, 1), false),
        ] {
            assert_eq!(method.is_valid_at(now), valid, "{} at {now}", method.code);
        }
        assert_eq!(ProofingMethod::find("selfie"), None);
        assert_eq!(ProofingMethod::find("jpki_signature"), Some(&PROOFING_METHODS[0]));
    }
}
