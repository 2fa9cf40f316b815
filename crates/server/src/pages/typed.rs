//! What people type into forms, and how a no is shown beside it.

use super::way_on::WayOn;
use crate::{page::Page, problem::Problem};
use engine::Code;
use terms::Yen;

const TYPED_MAX: usize = 24;

/// An amount as people write it: `1,200`, `¥1200`, `１２００円`.
///
/// # Errors
/// `amount_not_allowed` where it is no whole number of yen.
pub(crate) fn amount(typed: &str) -> Result<Yen, Problem> {
    let wrong = || Problem::from(Code::AmountNotAllowed).field("amount", "whole yen, 1 to 1,000,000");
    if typed.len() > TYPED_MAX {
        return Err(wrong());
    }
    let mut yen: i64 = 0;
    let mut digits = 0;
    for c in typed.trim().trim_end_matches('円').chars() {
        let digit = match c {
            '0'..='9' => i64::from(u32::from(c) - u32::from('0')),
            '０'..='９' => i64::from(u32::from(c) - u32::from('０')),
            ',' | '，' | '¥' | '￥' | ' ' | '\u{3000}' => continue,
            _ => return Err(wrong()),
        };
        digits += 1;
        yen = yen * 10 + digit;
    }
    // 24 bytes hold at most 24 digits; 16 of them are above every amount already.
    if digits == 0 || digits > 15 { Err(wrong()) } else { Yen::new(yen).map_err(|_| wrong()) }
}

/// Optional words: what is left empty was not said.
pub(crate) fn words(typed: String) -> Option<String> {
    let bare = typed.trim();
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// A no beside the form that it answers.
#[derive(Debug, Clone)]
pub(crate) struct Slip {
    /// What happened.
    pub(crate) title: String,
    /// What to do next.
    pub(crate) next: String,
    /// The field at fault.
    pub(crate) field: String,
    /// The link that helps, where another page than this one does.
    pub(crate) way_on: Option<WayOn>,
}

impl Slip {
    /// The slip, where the person can do something about it in the form; else the problem itself.
    ///
    /// # Errors
    /// Problems that have a page of their own: not signed in, not allowed, too often, broken.
    pub(crate) fn of(problem: Problem, page: &Page) -> Result<Self, Problem> {
        if !matches!(problem.status().as_u16(), 404 | 409 | 422) {
            return Err(problem);
        }
        Ok(Self::told(&problem, page))
    }

    /// The slip for any problem.
    pub(crate) fn told(problem: &Problem, page: &Page) -> Self {
        let way_on = WayOn::of(problem.code(), page.path());
        Self {
            title: problem.title(page.locale()),
            next: problem.next(page.locale()),
            field: problem.field_at_fault().unwrap_or_default().to_owned(),
            // Who is there, or on the way there, needs no link to it.
            way_on: way_on.filter(|way| !page.path().starts_with(&way.href)),
        }
    }

    /// Whether the field is at fault.
    pub(crate) fn is(&self, field: &str) -> bool {
        self.field == field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (typed, yen) in [
            ("1200", Some(1_200)),
            (" 1,200 ", Some(1_200)),
            ("¥1,200", Some(1_200)),
            ("１，２００円", Some(1_200)),
            ("0", Some(0)),
            ("", None),
            ("円", None),
            ("-5", None),
            ("5.5", None),
            ("1e3", None),
            ("9999999999999999", None),
            ("1234567890123456789012345", None),
        ] {
            assert_eq!(amount(typed).ok().map(Yen::get), yen, "{typed}");
        }
    }
}
