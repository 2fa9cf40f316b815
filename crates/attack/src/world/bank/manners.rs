//! How a bank behaves at one request: as it should, or with one of the vices that real banks have.

use crate::world::{dice::Dice, network::Weather};
use terms::Span;

/// What a bank does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    /// It answers in time.
    Good,
    /// It answers too late for the asker.
    Slow,
    /// It does what is asked, and its answer is lost.
    LosesReply,
    /// It does what is asked, answers, and calls besides with the same.
    AnswersTwice,
    /// It will book later, and calls then.
    BooksLate(Span),
    /// It refuses.
    Refuses,
    /// Another bank says of the payment, which is not its own, that it is refused.
    AnotherSpeaks,
    /// The request disappears without a trace.
    Swallows,
    /// From now on nobody is there for a while.
    GoesDown(Span),
}

impl Manners {
    /// Draws how a bank behaves this time.
    pub const fn draw(weather: &Weather, dice: &mut Dice) -> Self {
        if !dice.chance(weather.bank_vices) {
            return Self::Good;
        }
        match dice.below(10) {
            0 => Self::Slow,
            1 | 2 => Self::LosesReply,
            3 => Self::AnswersTwice,
            4 | 5 => Self::BooksLate(dice.span(Span::seconds(5), Span::hours(4))),
            6 => Self::Refuses,
            7 => Self::Swallows,
            8 => Self::AnotherSpeaks,
            _ => Self::GoesDown(dice.span(Span::minutes(1), Span::hours(6))),
        }
    }
}
