//! The naive model: a clerk who keeps nothing but a list of what was done, and adds it all up for every question.

use crate::act::{Act, Between};
use ledger::{AMOUNT_CAP, AccountState, Applied, HoldState, Refusal};
use std::collections::BTreeSet;

/// What was done.
#[derive(Debug, Clone)]
pub(crate) enum Done {
    Opened { account: u64, dollars: bool, floor: Option<i64> },
    State { account: u64, state: AccountState },
    Moved(Moved),
    Held { id: u64, between: Between, until: Option<i64> },
    Over { hold: u64, how: HoldState },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) id: u64,
    pub(crate) between: Between,
    pub(crate) at: i64,
    pub(crate) back: Option<u64>,
    pub(crate) hold: Option<u64>,
}

pub(crate) type Outcome = Result<Applied, Refusal>;

#[derive(Default)]
pub(crate) struct Clerk(Vec<Done>);

impl Clerk {
    pub(crate) fn opened(&self, wanted: u64) -> Option<(bool, Option<i64>)> {
        self.0.iter().find_map(|done| match done {
            Done::Opened { account, dollars, floor } if *account == wanted => Some((*dollars, *floor)),
            _ => None,
        })
    }

    pub(crate) fn state(&self, wanted: u64) -> AccountState {
        let last = self.0.iter().rev().find_map(|done| match done {
            Done::State { account, state } if *account == wanted => Some(*state),
            _ => None,
        });
        last.unwrap_or(AccountState::Open)
    }

    pub(crate) fn moves(&self) -> impl Iterator<Item = &Moved> {
        self.0.iter().filter_map(|done| match done {
            Done::Moved(moved) => Some(moved),
            _ => None,
        })
    }

    pub(crate) fn paid_out(&self, wanted: u64) -> i64 {
        self.moves().filter(|moved| moved.between.from == wanted).map(|moved| moved.between.minor).sum()
    }

    pub(crate) fn paid_in(&self, wanted: u64) -> i64 {
        self.moves().filter(|moved| moved.between.to == wanted).map(|moved| moved.between.minor).sum()
    }

    fn known_hold(&self, wanted: u64) -> Option<(Between, Option<i64>, HoldState)> {
        let (between, until) = self.0.iter().find_map(|done| match done {
            Done::Held { id, between, until } if *id == wanted => Some((*between, *until)),
            _ => None,
        })?;
        let how = self.0.iter().find_map(|done| match done {
            Done::Over { hold, how } if *hold == wanted => Some(*how),
            _ => None,
        });
        Some((between, until, how.unwrap_or(HoldState::Held)))
    }

    /// Open holds: number, ends, when it is due.
    pub(crate) fn open_holds(&self) -> Vec<(u64, Between, Option<i64>)> {
        let over = |done: &Done| match done {
            Done::Over { hold, .. } => Some(*hold),
            _ => None,
        };
        let over: BTreeSet<u64> = self.0.iter().filter_map(over).collect();
        let open = |done: &Done| match done {
            Done::Held { id, between, until } if !over.contains(id) => Some((*id, *between, *until)),
            _ => None,
        };
        self.0.iter().filter_map(open).collect()
    }

    pub(crate) fn held(&self, wanted: u64) -> i64 {
        self.open_holds().iter().filter(|hold| hold.1.from == wanted).map(|hold| hold.1.minor).sum()
    }

    pub(crate) fn announced(&self, wanted: u64) -> i64 {
        self.open_holds().iter().filter(|hold| hold.1.to == wanted).map(|hold| hold.1.minor).sum()
    }

    pub(crate) fn moved(&self, wanted: u64) -> Option<Moved> {
        self.moves().find(|moved| moved.id == wanted).copied()
    }

    pub(crate) fn taken_back(&self, original: u64) -> i64 {
        self.moves().filter(|moved| moved.back == Some(original)).map(|moved| moved.between.minor).sum()
    }

    /// A chain, by the simplest way: try, and where something is refused cut the list to what it was.
    pub(crate) fn play_chain(&mut self, chain: &[Act], now: i64) -> Vec<Outcome> {
        let before = self.0.len();
        let outcomes: Vec<Outcome> = chain.iter().map(|act| self.play(act, now)).collect();
        let Some(at_fault) = outcomes.iter().position(Outcome::is_err) else { return outcomes };
        self.0.truncate(before);
        let broken = |(place, outcome): (usize, &Outcome)| {
            if place == at_fault { *outcome } else { Err(Refusal::ChainBroken) }
        };
        outcomes.iter().enumerate().map(broken).collect()
    }

    fn play(&mut self, act: &Act, now: i64) -> Outcome {
        match *act {
            Act::Open { account, dollars, floor } => {
                if let Some(known) = self.opened(account) {
                    return if known == (dollars, floor) {
                        Ok(Applied::Before)
                    } else {
                        Err(Refusal::IdTaken)
                    };
                }
                self.0.push(Done::Opened { account, dollars, floor });
            }
            Act::State { account, state } => return self.set_state(account, state),
            Act::Move { id, between, then, back } => {
                let new = Moved { id, between, at: then.unwrap_or(now), back, hold: None };
                if let Some(known) = self.moved(id) {
                    let same =
                        if then.is_some() { known == new } else { known == Moved { at: known.at, ..new } };
                    return if same { Ok(Applied::Before) } else { Err(Refusal::IdTaken) };
                }
                worth(between.minor)?;
                if new.at > now {
                    return Err(Refusal::TimeInFuture);
                }
                if between.from == between.to {
                    return Err(Refusal::SameAccount);
                }
                if let Some(original) = back {
                    self.can_go_back(original, between)?;
                }
                self.ends(between)?;
                self.covered(between)?;
                self.0.push(Done::Moved(new));
            }
            Act::Hold { id, between, until } => {
                if let Some(known) = self.known_hold(id) {
                    let same = (known.0, known.1) == (between, until);
                    return if same { Ok(Applied::Before) } else { Err(Refusal::IdTaken) };
                }
                worth(between.minor)?;
                if between.from == between.to {
                    return Err(Refusal::SameAccount);
                }
                self.ends(between)?;
                self.covered(between)?;
                self.0.push(Done::Held { id, between, until });
            }
            Act::Capture { hold, id, minor } => return self.capture(hold, id, minor, now),
            Act::Release { hold } => return self.over(hold, HoldState::Released, now),
            Act::Expire { hold } => return self.over(hold, HoldState::Expired, now),
        }
        Ok(Applied::Now)
    }

    fn set_state(&mut self, account: u64, state: AccountState) -> Outcome {
        self.opened(account).ok_or(Refusal::AccountUnknown)?;
        if self.state(account) == state {
            return Ok(Applied::Before);
        }
        if self.state(account) == AccountState::Closed {
            return Err(Refusal::AccountClosed);
        }
        let touched = self.open_holds().iter().any(|hold| hold.1.from == account || hold.1.to == account);
        if state == AccountState::Closed && (touched || self.paid_in(account) != self.paid_out(account)) {
            return Err(Refusal::AccountNotEmpty);
        }
        self.0.push(Done::State { account, state });
        Ok(Applied::Now)
    }

    fn capture(&mut self, wanted: u64, id: u64, minor: i64, now: i64) -> Outcome {
        if let Some(known) = self.moved(id) {
            let same = known.hold == Some(wanted) && known.between.minor == minor;
            return if same { Ok(Applied::Before) } else { Err(Refusal::IdTaken) };
        }
        worth(minor)?;
        let (between, until, state) = self.known_hold(wanted).ok_or(Refusal::HoldUnknown)?;
        still(state)?;
        if until.is_some_and(|until| now >= until) {
            return Err(Refusal::HoldExpired);
        }
        if minor > between.minor {
            return Err(Refusal::AboveHold);
        }
        self.ends(between)?;
        self.0.push(Done::Over { hold: wanted, how: HoldState::Captured });
        let between = Between { minor, ..between };
        self.0.push(Done::Moved(Moved { id, between, at: now, back: None, hold: Some(wanted) }));
        Ok(Applied::Now)
    }

    pub(crate) fn over(&mut self, wanted: u64, how: HoldState, now: i64) -> Outcome {
        let (_, until, state) = self.known_hold(wanted).ok_or(Refusal::HoldUnknown)?;
        if state == how {
            return Ok(Applied::Before);
        }
        still(state)?;
        if how == HoldState::Expired && until.is_none_or(|until| now < until) {
            return Err(Refusal::HoldNotDue);
        }
        self.0.push(Done::Over { hold: wanted, how });
        Ok(Applied::Now)
    }

    fn can_go_back(&self, original: u64, between: Between) -> Result<(), Refusal> {
        let first = self.moved(original).ok_or(Refusal::OriginalUnknown)?;
        if first.back.is_some() {
            return Err(Refusal::OriginalIsReversal);
        }
        let swapped = Between { from: between.to, to: between.from, minor: first.between.minor, ..between };
        if first.between != swapped {
            return Err(Refusal::NotTheOriginalsAccounts);
        }
        let rest = first.between.minor - self.taken_back(original);
        if between.minor > rest { Err(Refusal::AboveOriginal) } else { Ok(()) }
    }

    fn ends(&self, between: Between) -> Result<(), Refusal> {
        let payer = self.opened(between.from).ok_or(Refusal::DebitUnknown)?;
        let payee = self.opened(between.to).ok_or(Refusal::CreditUnknown)?;
        if payer.0 != between.dollars || payee.0 != between.dollars {
            return Err(Refusal::WrongCurrency);
        }
        match (self.state(between.from), self.state(between.to)) {
            (AccountState::Closed, _) => Err(Refusal::DebitClosed),
            (_, AccountState::Closed) => Err(Refusal::CreditClosed),
            (AccountState::Frozen | AccountState::FrozenOut, _) => Err(Refusal::DebitFrozen),
            (_, AccountState::Frozen | AccountState::FrozenIn) => Err(Refusal::CreditFrozen),
            _ => Ok(()),
        }
    }

    fn covered(&self, between: Between) -> Result<(), Refusal> {
        let Some((_, Some(floor))) = self.opened(between.from) else { return Ok(()) };
        let free = self.paid_in(between.from) - self.paid_out(between.from) - self.held(between.from);
        if free - between.minor < floor { Err(Refusal::BelowFloor) } else { Ok(()) }
    }
}

fn worth(minor: i64) -> Result<(), Refusal> {
    match minor {
        0 => Err(Refusal::AmountZero),
        minor if minor > AMOUNT_CAP.get() => Err(Refusal::AmountAboveCap),
        _ => Ok(()),
    }
}

fn still(state: HoldState) -> Result<(), Refusal> {
    match state {
        HoldState::Held => Ok(()),
        HoldState::Captured => Err(Refusal::HoldCaptured),
        HoldState::Released => Err(Refusal::HoldReleased),
        HoldState::Expired => Err(Refusal::HoldExpired),
    }
}
