//! What a set of steps brings an attacker: accounts, and yen against what it costs.

use super::{
    configuration::Linkage,
    model::{Attacker, BANK_RECORDS, Model, PAGE},
    sections::{Told, Window},
    step::{Step, Steps},
};
use crate::directory::{Curve, Holder, LockOut};
use terms::BankCode;

/// The factor that tells which PINs its owner is likelier to have chosen.
const BIRTH_DATE: &str = "birth_date";
const DAYS: f64 = 30.0;
const DAYS_WHOLE: u64 = 30;
const HOURS: f64 = 24.0;
/// What `per_10_000_tries` counts.
const TRIES: f64 = 10_000.0;

/// What one attacker makes of one set of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Campaign {
    /// Yen spent for each account that is opened.
    pub(super) cost_yen: f64,
    /// Accounts opened by 10,000 tries, one on each bank account.
    pub(super) per_10_000_tries: f64,
    /// Accounts opened in 30 days, under the lock-outs.
    pub(super) per_month: f64,
}

/// What one opened bank account loses before its depositor can notice: the day's limit when the bank tells of the
/// link, the month's when nobody does; twice of it by the calendar, for two windows meet at midnight.
///
/// What the bank itself lets through over a link in so many days is the most, whatever the wallet's limit; of several
/// banks, the one that lets most through.
pub(super) fn yen_per_account(linkage: &Linkage, banks: &[BankCode], model: &Model) -> f64 {
    let limits = &linkage.limits;
    let told = linkage.notice.to_depositor == Told::BankChannel;
    let (once, days) = if told { (limits.day_yen, 1) } else { (limits.month_yen, DAYS_WHOLE) };
    let windows = if limits.window == Window::CalendarMonth { 2.0 } else { 1.0 };
    let of_bank = |bank: &BankCode| model.directory.bank(*bank).map(|bank| bank.per_day.get().unsigned_abs());
    let banks_most = banks.iter().filter_map(of_bank).max().map_or(u64::MAX, |day| day.saturating_mul(days));
    windows * number(once.get().min(banks_most))
}

impl Campaign {
    /// The campaign; nothing where this attacker cannot bring about one of the steps.
    pub(super) fn of(attacker: &Attacker, steps: &Steps, linkage: &Linkage, model: &Model) -> Option<Self> {
        let fixed: f64 = steps.iter().map(|step| price(attacker, step)).sum::<Option<f64>>()?;
        // Who guesses a birth date tries the PIN that would go with it: where the one is right, so may the other be.
        let knows_birth_date = steps.contains(&Step::Records) && bank_knows_birth_dates(model)
            || steps.contains(&Step::Guess(BIRTH_DATE.to_owned()));
        let guessed: Vec<&str> = steps
            .iter()
            .filter_map(|step| if let Step::Guess(what) = step { Some(what.as_str()) } else { None })
            .collect();
        let curves: Vec<&Curve> =
            guessed.iter().map(|what| curve(what, knows_birth_date, model)).collect::<Option<_>>()?;
        let once: f64 = curves.iter().map(|curve| curve.opened(1)).product();
        let tries = tries_a_month(attacker, linkage, once < 1.0);
        let accounts = number(attacker.accounts_a_month.get()).min(tries);
        let lock_out = if guessed.iter().all(|what| goes_unlocked(what, model)) {
            f64::INFINITY
        } else {
            number(linkage.lock_out.per_bank_account_tries.get())
        };
        let on_each = (tries / accounts).clamp(1.0, lock_out);
        // Several guesses at once are a joint guess: each further try is taken to be worth as much as the first.
        let share = match curves[..] {
            [] => 1.0,
            [one] => one.opened(whole(on_each)),
            _ => (once * on_each.floor()).min(1.0),
        };
        let try_yen = attacker.try_yen.map_or(0.0, |yen| number(yen.get()));
        let tries_paid = if curves.is_empty() { 0.0 } else { try_yen * on_each };
        Some(Self {
            cost_yen: (fixed + tries_paid) / share,
            per_10_000_tries: TRIES * once,
            per_month: accounts * share,
        })
    }
}

/// What a step costs, for each bank account.
fn price(attacker: &Attacker, step: &Step) -> Option<f64> {
    let gets = |what: &str| attacker.gets.get(what);
    let yen = match step {
        Step::Open(level) => attacker.opens.get(level),
        Step::Forge => attacker.forges_yen.as_ref(),
        Step::Take(group) => gets(group),
        Step::Page | Step::WalletPage => gets(PAGE),
        Step::Records => gets(BANK_RECORDS),
        Step::Guess(_) => return attacker.guesses.then_some(0.0),
        Step::LookUp(_) | Step::ForgedAssertion | Step::SentElsewhere => return Some(0.0),
        Step::Silence(_) => return None,
    };
    yen.map(|yen| number(yen.get()))
}

/// Tries in 30 days. Failures are what devices, networks and alarms count, so they hold back whoever guesses.
pub(super) fn tries_a_month(attacker: &Attacker, linkage: &Linkage, fails: bool) -> f64 {
    let mut tries = DAYS * number(attacker.tries_a_day.get());
    let Some(spread) = linkage.spread.as_ref().filter(|_| fails) else { return tries };
    for (limit, sources) in [
        (spread.per_wallet_day.get(), DAYS * number(attacker.wallets_a_month.get())),
        (spread.per_device_day.get(), DAYS * number(attacker.devices.get())),
        (spread.per_network_hour.get(), DAYS * HOURS * number(attacker.networks.get())),
        (spread.alarm_after_tries.get(), 1.0),
    ] {
        if limit > 0 {
            tries = tries.min(number(limit) * sources);
        }
    }
    tries
}

fn curve<'m>(what: &str, knows_birth_date: bool, model: &'m Model) -> Option<&'m Curve> {
    let directory = &model.directory;
    let code = match directory.factors.get(what) {
        Some(factor) => match &factor.curve_birth_date_known {
            Some(curve) if knows_birth_date => curve,
            _ => &factor.curve,
        },
        None => model.authenticators.get(what)?.curve.as_ref()?,
    };
    directory.curves.get(code)
}

/// Whether wrong tries at a factor are counted on nothing. Authenticators of the wallet are counted by the wallet.
fn goes_unlocked(what: &str, model: &Model) -> bool {
    model.directory.factors.get(what).is_some_and(|factor| factor.lock_out == LockOut::Nothing)
}

fn bank_knows_birth_dates(model: &Model) -> bool {
    model.directory.factors.get(BIRTH_DATE).is_some_and(|factor| factor.held_by.contains(&Holder::Bank))
}

#[expect(clippy::cast_precision_loss, reason = "bounds of the files stay far below 2^53")]
const fn number(whole: u64) -> f64 {
    whole as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the lock-out")]
const fn whole(number: f64) -> u64 {
    number as u64
}
