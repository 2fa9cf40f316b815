//! The ways to a stranger's money: a wallet that the match lets through, and whatever the bank asks for.

use super::{
    configuration::Linkage,
    model::Model,
    rules,
    sections::{Against, Compared, Level, May, Proofing},
    step::{Step, Tree},
};
use crate::directory::{Category, Factor, Holder, Method};

/// All ways to link a stranger's bank account by a method.
pub(super) fn to_link(linkage: &Linkage, method: &Method, model: &Model) -> Tree {
    let bank = method.factors.iter().map(|factor| to_factor(factor, model)).collect();
    Tree::All(
        "money leaves a stranger's bank account".to_owned(),
        vec![
            to_wallet(linkage, model),
            Tree::All(format!("the bank's check is passed: {}", method.name_en), bank),
        ],
    )
}

/// All ways to act as the customer of a wallet that has a link.
pub(super) fn to_take_over(linkage: &Linkage, model: &Model) -> Tree {
    let mut ways = vec![
        Tree::All("signs in".to_owned(), to_authenticators(&linkage.sign_in.authenticators, model)),
        to_recover(linkage, model),
    ];
    let forged = linkage.federation.may == Some(May::Link) && rules::federation_gap(linkage).is_some();
    if linkage.federation.accepted && forged {
        ways.push(Tree::Leaf(Step::ForgedAssertion));
    }
    Tree::Any("takes over the depositor's own wallet".to_owned(), ways)
}

fn to_wallet(linkage: &Linkage, model: &Model) -> Tree {
    let open = Tree::Leaf(Step::Open(linkage.identity.level));
    if !matches_three_ways(linkage) {
        return Tree::Any("a wallet that may link".to_owned(), vec![open]);
    }
    let mut ways = vec![Tree::Leaf(Step::Take("identity_card".to_owned()))];
    if linkage.identity.proofing == Proofing::Photo {
        ways.push(Tree::Leaf(Step::Forge));
    }
    ways.push(to_take_over(linkage, model));
    Tree::Any("a wallet in the depositor's own proved name".to_owned(), ways)
}

/// Whether only a wallet in the depositor's own proved name is let through (H3).
pub(super) fn matches_three_ways(linkage: &Linkage) -> bool {
    let matching = &linkage.matching;
    matching.name == Compared::Exact
        && matching.birth_date == Compared::Exact
        && matching.against == Against::Proved
        && linkage.identity.level == Level::Proved
}

fn to_recover(linkage: &Linkage, model: &Model) -> Tree {
    let recovery = &linkage.recovery;
    if recovery.destination_in_request {
        return Tree::Leaf(Step::SentElsewhere);
    }
    let mut parts = to_authenticators(&recovery.authenticators, model);
    if recovery.delay_h.get() > 0 && recovery.notice_on_old_channels {
        parts.push(Tree::Leaf(Step::Silence(recovery.delay_h.get())));
    }
    Tree::All("recovers the sign-in".to_owned(), parts)
}

fn to_authenticators(codes: &[String], model: &Model) -> Vec<Tree> {
    let known = codes.iter().filter_map(|code| Some((code, model.authenticators.get(code)?)));
    known
        .map(|(code, authenticator)| {
            let mut ways = vec![Tree::Leaf(Step::Take(authenticator.leak_group.clone()))];
            if authenticator.phishable {
                ways.push(Tree::Leaf(Step::WalletPage));
            }
            if authenticator.curve.is_some() {
                ways.push(Tree::Leaf(Step::Guess(code.clone())));
            }
            Tree::Any(authenticator.name_en.clone(), ways)
        })
        .collect()
}

fn to_factor(factor: &Factor, model: &Model) -> Tree {
    let mut ways = vec![Tree::Leaf(Step::Take(factor.leak_group.clone()))];
    if factor.phishable {
        ways.push(Tree::Leaf(Step::Page));
    }
    if factor.category == Category::Knowledge && factor.held_by.contains(&Holder::Bank) {
        ways.push(Tree::Leaf(Step::Records));
    }
    let sure = model.directory.curves.get(&factor.curve).is_some_and(|curve| curve.opened(1) >= 1.0);
    let code = factor.code.clone();
    ways.push(Tree::Leaf(if sure { Step::LookUp(code) } else { Step::Guess(code) }));
    Tree::Any(factor.name_en.clone(), ways)
}
