//! Many banks: one wallet or device goes from bank to bank within days, the weakest first.

use crate::{By, Count, Detector, Step};
use terms::Span;

const fn banks(by: By) -> Count {
    Count::of(&[Step::ConsentBegun], by, Span::days(7)).taken().distinct(By::Bank)
}

const OF_CUSTOMER: Count = banks(By::Customer);
const OF_DEVICE: Count = banks(By::Device);

/// The detector. Whoever moves house links three banks in a day; a family of four has seven between them.
pub(super) const DETECTOR: Detector = Detector {
    code: "many_banks",
    steps: &[Step::ConsentBegun],
    counts: &[OF_CUSTOMER, OF_DEVICE],
    judge: |evidence| {
        let customer = match evidence.of(&OF_CUSTOMER) {
            0..4 => 0,
            4 => 10,
            5..7 => 30,
            7..11 => 60,
            _ => 100,
        };
        let device = match evidence.of(&OF_DEVICE) {
            0..8 => 0,
            8..11 => 30,
            _ => 60,
        };
        customer.max(device)
    },
    says: (
        "短い期間に、多くの銀行の口座が登録されようとしています。",
        "Accounts at many banks are linked within a short time.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0], 0),
                // A mover, and a family.
                (&[3, 3], 0),
                (&[2, 7], 0),
                (&[4, 4], 10),
                (&[5, 5], 30),
                (&[7, 7], 60),
                // 2020: eleven banks at once.
                (&[11, 11], 100),
                (&[1, 8], 30),
                (&[1, 11], 60),
            ],
        );
    }
}
