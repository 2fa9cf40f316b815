//! The PINs that people form on purpose: numeric patterns, walks over the keypad, dates.

use crate::pin::Pin;

/// The years of birth of people who hold a card.
const YEARS: std::ops::Range<u16> = 1935..2005;

const DAYS: [u16; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// One way to write a date in four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateForm {
    MonthDay,
    DayMonth,
    Year,
    MonthYear,
    YearMonth,
}

impl DateForm {
    /// A date in this form.
    pub(crate) const fn write(self, year: u16, month: u16, day: u16) -> Pin {
        match self {
            Self::MonthDay => Pin::of_halves(month, day),
            Self::DayMonth => Pin::of_halves(day, month),
            Self::Year => Pin::of_halves(year / 100, year),
            Self::MonthYear => Pin::of_halves(month, year),
            Self::YearMonth => Pin::of_halves(year, month),
        }
    }

    /// Everything that can be written so, each once.
    pub(crate) fn all(self) -> Vec<Pin> {
        let days = (1..).zip(DAYS).flat_map(|(month, days)| (1..=days).map(move |day| (month, day)));
        let months = YEARS.flat_map(|year| (1..=12).map(move |month| (year, month)));
        match self {
            Self::MonthDay | Self::DayMonth => days.map(|(month, day)| self.write(0, month, day)).collect(),
            Self::Year => YEARS.map(|year| self.write(year, 1, 1)).collect(),
            Self::MonthYear | Self::YearMonth => {
                months.map(|(year, month)| self.write(year, month, 1)).collect()
            }
        }
    }
}

/// One digit four times, or four digits that follow each other upwards or downwards.
pub(crate) fn is_plain(pin: Pin) -> bool {
    let [a, b, c, d] = pin.digits();
    let upwards = b == a + 1 && c == b + 1 && d == c + 1;
    let downwards = a == b + 1 && b == c + 1 && c == d + 1;
    upwards || downwards || (a == b && b == c && c == d)
}

/// Two digits in turn (1212), in pairs (1122) or mirrored (1221).
pub(crate) fn is_of_two_digits(pin: Pin) -> bool {
    let [a, b, c, d] = pin.digits();
    let two = a != b || c != d || a != c;
    two && ((a == c && b == d) || (a == b && c == d) || (a == d && b == c))
}

/// The row and column of a digit on a keypad with 0 below 8.
const fn key(digit: u16) -> (u16, u16) {
    if digit == 0 { (3, 1) } else { ((digit - 1) / 3, (digit - 1) % 3) }
}

/// Each key touches the one before it, also by a corner.
pub(crate) fn is_walk(pin: Pin) -> bool {
    pin.digits().windows(2).all(|pair| {
        let ((row, column), (to_row, to_column)) = (key(pair[0]), key(pair[1]));
        pair[0] != pair[1] && row.abs_diff(to_row) <= 1 && column.abs_diff(to_column) <= 1
    })
}

/// The four corners of the keypad, one after the other.
pub(crate) const CORNERS: [u16; 6] = [1397, 1379, 9731, 7931, 3179, 9713];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_what_they_say() {
        let count = |is: fn(Pin) -> bool| Pin::all().filter(|pin| is(*pin)).count();
        assert_eq!((count(is_plain), count(is_of_two_digits)), (24, 270));
        for (text, walk) in [("2580", true), ("1111", false), ("1379", false), ("0852", true), ("1598", true)]
        {
            assert_eq!(Pin::parse(text).map(is_walk), Some(walk), "{text}");
        }
        let forms = [
            DateForm::MonthDay,
            DateForm::DayMonth,
            DateForm::Year,
            DateForm::MonthYear,
            DateForm::YearMonth,
        ];
        let sizes = forms.map(|form| form.all().len());
        assert_eq!(sizes, [366, 366, 70, 840, 840]);
        let written = forms.map(|form| form.write(1975, 4, 23).to_string());
        assert_eq!(written, ["0423", "2304", "1975", "0475", "7504"]);
    }
}
