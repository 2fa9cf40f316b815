//! Which till of which shop of which company: JPQR's four levels.

use crate::{
    Digits, Mistake, Wrong,
    digits::allowed,
    tlv::{Fields, push},
};

/// The globally unique identifier of JPQR's template, `26.00`.
const PAYMENTS_JAPAN: &str = "jp.or.paymentsjapan";

/// JPQR's unified store code: field 26, sub-fields 01 to 04.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreCode {
    /// The company: 13 digits (`26.01`).
    pub level_1: Digits<13>,
    /// 4 digits (`26.02`).
    pub level_2: Digits<4>,
    /// 6 digits (`26.03`).
    pub level_3: Digits<6>,
    /// 6 digits (`26.04`).
    pub level_4: Digits<6>,
}

impl StoreCode {
    pub(crate) fn read(template: &str, at: usize) -> Result<Self, Mistake> {
        let fields = Fields::read(template, at)?;
        let scheme = fields.one(0, "26.00 (scheme)")?;
        if scheme.value != PAYMENTS_JAPAN {
            return Err(Mistake::at(
                scheme.at,
                Wrong::NotAllowed { field: "26.00 (scheme)", allowed: PAYMENTS_JAPAN },
            ));
        }
        Ok(Self {
            level_1: digits(&fields, 1, "26.01 (store code, level 1)")?,
            level_2: digits(&fields, 2, "26.02 (store code, level 2)")?,
            level_3: digits(&fields, 3, "26.03 (store code, level 3)")?,
            level_4: digits(&fields, 4, "26.04 (store code, level 4)")?,
        })
    }

    pub(crate) fn write(&self) -> String {
        let mut template = String::new();
        push(&mut template, 0, PAYMENTS_JAPAN);
        push(&mut template, 1, self.level_1.as_str());
        push(&mut template, 2, self.level_2.as_str());
        push(&mut template, 3, self.level_3.as_str());
        push(&mut template, 4, self.level_4.as_str());
        template
    }
}

/// The digits of a field that must be there.
pub(crate) fn digits<const N: usize>(
    fields: &Fields<'_>,
    tag: u8,
    name: &'static str,
) -> Result<Digits<N>, Mistake> {
    let field = fields.one(tag, name)?;
    Digits::from_bytes(field.value.as_bytes())
        .ok_or(Mistake::at(field.at, Wrong::NotAllowed { field: name, allowed: allowed(N) }))
}
