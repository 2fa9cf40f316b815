//! Names differ: the wallet's owner got into accounts of people with another name or birth date.

use crate::{By, Count, Detector, Step};
use terms::Span;

const fn another_person(by: By) -> Count {
    Count::of(&[Step::ConsentReturned], by, Span::days(30))
        .refused_for(&["link_refused:name", "link_refused:birth_date"])
}

const CUSTOMER: Count = another_person(By::Customer);
const DEVICE: Count = another_person(By::Device);

/// The detector. A wife's account instead of the own is an honest mistake, once.
pub(super) const DETECTOR: Detector = Detector {
    code: "name_differs",
    steps: &[Step::ConsentBegun],
    counts: &[CUSTOMER, DEVICE],
    judge: |evidence| {
        let customer = match evidence.of(&CUSTOMER) {
            0..2 => 0,
            2 => 30,
            3..5 => 60,
            _ => 100,
        };
        let device = match evidence.of(&DEVICE) {
            0..5 => 0,
            5..8 => 60,
            _ => 100,
        };
        customer.max(device)
    },
    says: (
        "名義または生年月日の異なる口座が、何度も登録されようとしました。",
        "Bank accounts of somebody with another name or birth date were reached for again and again.",
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
                (&[1, 1], 0),
                (&[2, 2], 30),
                (&[3, 3], 60),
                (&[5, 5], 100),
                // Four people of a family, one mistake each.
                (&[1, 4], 0),
                (&[0, 5], 60),
                (&[0, 8], 100),
            ],
        );
    }
}
