//! How messages travel: in time, late, twice, never; and how often processes and clocks fail.

use crate::world::{desk::Fate, dice::Dice};
use terms::Span;

/// How rough it is, each in times per thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Messages that are lost.
    pub lost: u64,
    /// Messages that come twice.
    pub twice: u64,
    /// Messages that take up to half a minute, so that others overtake them.
    pub slow: u64,
    /// Batches during which the database fails.
    pub fails: u64,
    /// Batches during which the process dies before the commit.
    pub dies_before: u64,
    /// Batches after whose commit the process dies before it answers.
    pub dies_after: u64,
    /// Rounds in which the runner of errands is lost with all that it has under way.
    pub runner_dies: u64,
    /// Steps at which the wallet's clock jumps.
    pub clock_jumps: u64,
    /// Requests at which a bank does not behave.
    pub bank_vices: u64,
}

impl Weather {
    /// Nothing fails.
    pub const CALM: Self = Self {
        lost: 0,
        twice: 0,
        slow: 0,
        fails: 0,
        dies_before: 0,
        dies_after: 0,
        runner_dies: 0,
        clock_jumps: 0,
        bank_vices: 0,
    };

    /// Everything fails now and then.
    pub const ROUGH: Self = Self {
        lost: 60,
        twice: 80,
        slow: 60,
        fails: 30,
        dies_before: 25,
        dies_after: 25,
        runner_dies: 20,
        clock_jumps: 8,
        bank_vices: 350,
    };

    /// When the copies of a message arrive; none where it is lost.
    pub fn travel(&self, dice: &mut Dice) -> Vec<Span> {
        if dice.chance(self.lost) {
            return Vec::new();
        }
        let mut copies = vec![self.delay(dice)];
        if dice.chance(self.twice) {
            copies.push(self.delay(dice));
        }
        copies
    }

    fn delay(&self, dice: &mut Dice) -> Span {
        let most = if dice.chance(self.slow) { Span::seconds(30) } else { Span::millis(80) };
        dice.span(Span::millis(1), most)
    }

    /// What breaks while a batch is decided.
    pub(crate) const fn fate(&self, dice: &mut Dice) -> Fate {
        if dice.chance(self.dies_before) {
            Fate::DiesBefore
        } else if dice.chance(self.dies_after) {
            Fate::DiesAfter
        } else if dice.chance(self.fails) {
            Fate::Fails
        } else {
            Fate::Well
        }
    }

    /// How far the wallet's clock is off from now on: mostly not at all or by seconds, sometimes by hours or days.
    pub const fn skew(&self, dice: &mut Dice) -> Span {
        match dice.below(16) {
            0..8 => Span::millis(0),
            8..12 => Span::seconds(dice.between(-90, 90)),
            12..15 => Span::minutes(dice.between(-180, 180)),
            _ => Span::hours(dice.between(-60, 60)),
        }
    }
}
