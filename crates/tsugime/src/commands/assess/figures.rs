//! Yen, accounts and words as people read them.

use engine::linkage::WayIn;

/// `¥1,234`.
pub(crate) fn yen(amount: f64) -> String {
    format!("¥{}", grouped(amount.round()))
}

/// A number of accounts: whole where it is large, with two digits where it is small, and `under 0.01` below that.
pub(crate) fn accounts(number: f64) -> String {
    if number >= 10.0 {
        grouped(number.round())
    } else if number >= 0.01 {
        format!("{number:.2}")
    } else if number > 0.0 {
        "under 0.01".to_owned()
    } else {
        "0".to_owned()
    }
}

/// Whether a way is worth its price, in words.
pub(crate) const fn pays(way: &WayIn) -> &'static str {
    if way.pays { "pays" } else { "does not pay" }
}

/// `1,234`.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        for (amount, expected) in
            [(0.0, "¥0"), (999.4, "¥999"), (1_234.0, "¥1,234"), (90_000_000.0, "¥90,000,000")]
        {
            assert_eq!(yen(amount), expected);
        }
        for (number, expected) in
            [(0.0, "0"), (0.0059, "under 0.01"), (1.16, "1.16"), (150.0, "150"), (10_000.0, "10,000")]
        {
            assert_eq!(accounts(number), expected);
        }
    }
}
