//! What refuses a linkage, and what only weakens it: one rule, one entry, with the hole it leaves and what mends it.

use super::{
    campaign::tries_a_month,
    configuration::Linkage,
    model::Model,
    sections::{
        AccountKey, Against, AssertionCheck, Compared, Level, Occasion, Proofing, Spread, Told, Way, Window,
        Young,
    },
    ways::matches_three_ways,
};
use crate::table::Whole;
use std::collections::BTreeSet;

/// A rule over the wallet's side of a linkage.
pub(super) struct Rule {
    /// A stable code.
    pub(super) code: &'static str,
    /// Whether a breach refuses the linkage; or it is told only.
    pub(super) refuses: bool,
    /// The key of the file that is to blame.
    pub(super) key: &'static str,
    /// Holes of 2020 that a breach leaves open.
    pub(super) holes: &'static [&'static str],
    /// Promises that a breach breaks.
    pub(super) promises: &'static [&'static str],
    /// What is wrong, where something is.
    pub(super) breach: fn(&Linkage, &Model) -> Option<String>,
    /// The smallest change that mends it, in words.
    pub(super) change: &'static str,
    /// The same as a change.
    pub(super) mend: fn(&mut Linkage),
}

/// The strength of what resists phishing.
const STRONGEST: u64 = 3;

/// Notice that counts: by the bank, when a link is made.
fn is_told(linkage: &Linkage) -> bool {
    linkage.notice.to_depositor == Told::BankChannel && linkage.notice.at.contains(&Occasion::Link)
}

/// What a control of spread tries may let through in 30 days: at half a per cent each, the best guess at a bank
/// card's PIN, fifteen accounts.
const GUESSES_MOST: u32 = 3_000;

/// Why tries over many bank accounts are not stopped, wherever they come from, or too late: a number that is no limit
/// to anybody who guesses controls nothing.
fn spread_gap(linkage: &Linkage, model: &Model) -> Option<String> {
    let is_there = linkage.spread.as_ref().is_some_and(|spread| {
        let each_source = spread.per_device_day.get() > 0 && spread.per_network_hour.get() > 0;
        spread.alarm_after_tries.get() > 0 || each_source
    });
    if !is_there {
        let why = "wrong tries are counted per bank account only: one PIN against many accounts locks none";
        return Some(why.to_owned());
    }
    let guessers = model.attackers.values().filter(|attacker| attacker.guesses);
    let most = guessers.map(|guesser| tries_a_month(guesser, linkage, true)).fold(0.0, f64::max);
    (most > f64::from(GUESSES_MOST)).then(|| {
        format!(
            "tries spread over many accounts are stopped after {most} in 30 days; allowed are {GUESSES_MOST}"
        )
    })
}

/// How strong a set of authenticators is: as strong as the strongest that has to be shown.
fn strength(codes: &[String], model: &Model) -> u64 {
    codes
        .iter()
        .filter_map(|code| model.authenticators.get(code))
        .map(|one| one.strength.get())
        .max()
        .unwrap_or(0)
}

fn recover_as_signed_in(linkage: &mut Linkage) {
    linkage.recovery.authenticators.clone_from(&linkage.sign_in.authenticators);
    linkage.recovery.destination_in_request = false;
    linkage.recovery.notice_on_old_channels = true;
    linkage.recovery.delay_h = Whole::new(24).unwrap_or(linkage.recovery.delay_h);
}

/// Why recovery is an easier way in than signing in. A day's wait with notice on the old channels counts for one step.
fn recovery_gap(linkage: &Linkage, model: &Model) -> Option<String> {
    let recovery = &linkage.recovery;
    if recovery.destination_in_request {
        return Some("whoever asks for recovery says where the new secret goes".to_owned());
    }
    let waits = recovery.delay_h.get() >= 24 && recovery.notice_on_old_channels;
    let recovers = strength(&recovery.authenticators, model) + u64::from(waits);
    let signs_in = strength(&linkage.sign_in.authenticators, model);
    (recovers < signs_in).then(|| format!("recovery counts {recovers}, sign-in counts {signs_in}"))
}

/// Seconds in the largest unit of which they are at least two.
fn in_words(seconds: u64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        7_200.. => format!("{} hours", seconds / 3_600),
        120.. => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// What is not checked of an assertion by an outside provider.
pub(super) fn federation_gap(linkage: &Linkage) -> Option<String> {
    let federation = &linkage.federation;
    if !federation.accepted {
        return None;
    }
    let missing = AssertionCheck::ALL.iter().filter(|check| !federation.checks.contains(check));
    let missing: Vec<String> = missing.map(|check| format!("{check:?}").to_lowercase()).collect();
    if !missing.is_empty() {
        return Some(format!("not checked of an assertion: {}", missing.join(", ")));
    }
    let by_mail = federation.account_key == Some(AccountKey::Mail);
    by_mail.then(|| "a wallet is found by the mail address that a provider names".to_owned())
}

/// Every rule. Those about a bank's method stand in `assess.rs`, for they are the directory's own.
pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "no_three_way_match",
        refuses: true,
        key: "match",
        holes: &["H1", "H3"],
        promises: &["P4"],
        breach: |linkage, _| {
            (!matches_three_ways(linkage)).then(|| {
                "name and birth date are not compared exactly with those that were proved of the wallet's owner".to_owned()
            })
        },
        change: "compare name and birth date exactly, against an identity proved by a card's chip",
        mend: |linkage| {
            linkage.identity.level = Level::Proved;
            linkage.identity.proofing = Proofing::Chip;
            linkage.matching.name = Compared::Exact;
            linkage.matching.birth_date = Compared::Exact;
            linkage.matching.against = Against::Proved;
        },
    },
    Rule {
        code: "lock_out_per_account_only",
        refuses: true,
        key: "spread",
        holes: &["H4"],
        promises: &["P6"],
        breach: spread_gap,
        change: "count tries per device and network, and let an alarm over all banks stop new links",
        mend: |linkage| {
            let number = Whole::new;
            if let (Some(wallet), Some(device), Some(network), Some(alarm)) =
                (number(5), number(5), number(50), Whole::new(240))
            {
                linkage.spread = Some(Spread {
                    per_wallet_day: wallet,
                    per_device_day: device,
                    per_network_hour: network,
                    alarm_after_tries: alarm,
                });
            }
        },
    },
    Rule {
        code: "calendar_limits",
        refuses: true,
        key: "limits.window",
        holes: &["H11"],
        promises: &["P9"],
        breach: |linkage, _| {
            (linkage.limits.window == Window::CalendarMonth).then(|| {
                "limits are full again at a month's end, so two of them fit into one night".to_owned()
            })
        },
        change: "count limits in windows that slide",
        mend: |linkage| linkage.limits.window = Window::Rolling,
    },
    Rule {
        code: "depositor_not_told",
        refuses: true,
        key: "notice",
        holes: &["H6"],
        promises: &["P10"],
        breach: |linkage, _| {
            (!is_told(linkage)).then(|| {
                "no channel that the wallet's owner did not register tells the depositor of a new link"
                    .to_owned()
            })
        },
        change: "let the bank tell the depositor of each new link and debit",
        mend: |linkage| {
            linkage.notice.to_depositor = Told::BankChannel;
            linkage.notice.at = BTreeSet::from([Occasion::Link, Occasion::Debit]);
        },
    },
    Rule {
        code: "recovery_weaker_than_sign_in",
        refuses: true,
        key: "recovery",
        holes: &["H10"],
        promises: &["P4"],
        breach: recovery_gap,
        change: "recover by what signs in, after a day and with notice on the old channels",
        mend: recover_as_signed_in,
    },
    Rule {
        code: "federation_unverified",
        refuses: true,
        key: "federation",
        holes: &["H9"],
        promises: &["P4"],
        breach: |linkage, _| federation_gap(linkage),
        change: "check signature, issuer, audience, nonce and expiry, and find the wallet by issuer and subject",
        mend: |linkage| {
            linkage.federation.checks = AssertionCheck::ALL.into();
            linkage.federation.account_key = Some(AccountKey::IssuerAndSubject);
        },
    },
    Rule {
        code: "sign_in_can_be_passed_on",
        refuses: false,
        key: "sign_in",
        holes: &["H1"],
        promises: &["P4"],
        breach: |linkage, model| {
            let passed_on = strength(&linkage.sign_in.authenticators, model) < STRONGEST;
            passed_on
                .then(|| "whatever signs in can be told, guessed or passed on by a false page".to_owned())
        },
        change: "sign in by a passkey, and recover by one, after a day and with notice on the old channels",
        mend: |linkage| {
            linkage.sign_in.authenticators = vec!["passkey".to_owned()];
            recover_as_signed_in(linkage);
        },
    },
    Rule {
        code: "papers_by_photograph",
        refuses: false,
        key: "identity.proofing",
        holes: &["H13"],
        promises: &["P4"],
        breach: |linkage, _| {
            (linkage.identity.proofing == Proofing::Photo)
                .then(|| "a picture of a paper proves an identity, and papers are forged".to_owned())
        },
        change: "prove identities by a card's chip",
        mend: |linkage| linkage.identity.proofing = Proofing::Chip,
    },
    Rule {
        code: "young_value_leaves",
        refuses: false,
        key: "young",
        holes: &["H12"],
        promises: &["P9"],
        breach: |linkage, _| {
            let held =
                linkage.young.as_ref().is_some_and(|young| young.days.get() > 0 && young.not_for.len() == 3);
            (!held).then(|| "value from a link of yesterday can leave at will".to_owned())
        },
        change: "hold value from young links back from payouts, other customers and goods that are easily sold again",
        mend: |linkage| {
            if let Some(days) = Whole::new(30) {
                linkage.young =
                    Some(Young { days, not_for: BTreeSet::from([Way::Payout, Way::P2p, Way::Resale]) });
            }
        },
    },
    Rule {
        code: "slow_stop",
        refuses: false,
        key: "stop.effective_s",
        holes: &["H5"],
        promises: &["P7"],
        breach: |linkage, _| {
            let seconds = linkage.stop.effective_s.get();
            (seconds > 1).then(|| format!("a stop takes {} to hold everywhere", in_words(seconds)))
        },
        change: "let one person stop new links everywhere within a second",
        mend: |linkage| linkage.stop.effective_s = Whole::new(1).unwrap_or(linkage.stop.effective_s),
    },
    Rule {
        code: "no_claim_without_a_wallet",
        refuses: false,
        key: "claims.without_a_wallet",
        holes: &["H6", "H7"],
        promises: &["P11"],
        breach: |linkage, _| {
            (!linkage.claims.without_a_wallet)
                .then(|| "the victim, who has no wallet, is not heard".to_owned())
        },
        change: "hear depositors who have no wallet",
        mend: |linkage| linkage.claims.without_a_wallet = true,
    },
];
