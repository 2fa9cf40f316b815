//! The assessment itself: a pure function of a linkage and a model.

use super::{
    assessment::{Assessment, LinkageFinding, LinkedBank, MethodAssessed, WayIn, Weight},
    campaign::{Campaign, yen_per_account},
    changes,
    configuration::Linkage,
    model::Model,
    rules::{RULES, Rule},
    step::{Steps, Tree},
    ways,
};
use crate::directory::{Category, Method, UNKNOWN, WeakMethod};
use std::collections::BTreeMap;
use terms::BankCode;

/// Judges a linkage against a model.
pub fn assess(linkage: &Linkage, model: &Model) -> Assessment {
    let findings: Vec<LinkageFinding> =
        RULES.iter().filter_map(|rule| finding(rule, linkage, model)).collect();
    let mut by_method: BTreeMap<Option<&str>, Vec<BankCode>> = BTreeMap::new();
    for (bank, methods) in &linkage.banks {
        for method in methods {
            by_method.entry(method.as_deref()).or_default().push(*bank);
        }
    }
    let mut methods: Vec<MethodAssessed> =
        by_method.iter().map(|(method, banks)| of_method(*method, banks, linkage, model)).collect();
    methods.sort_by(|a, b| {
        let worst =
            |method: &MethodAssessed| method.ways.iter().map(|way| way.yen_per_month).fold(0.0, f64::max);
        b.findings
            .len()
            .cmp(&a.findings.len())
            .then(worst(b).total_cmp(&worst(a)))
            .then(a.method.cmp(&b.method))
    });
    let all: Vec<BankCode> = linkage.banks.keys().copied().collect();
    let yen = yen_per_account(linkage, &all, model);
    let take_over = ways_in(&ways::to_take_over(linkage, model), yen, linkage, model);
    let refused =
        |findings: &[LinkageFinding]| findings.iter().any(|finding| finding.weight == Weight::Refused);
    Assessment {
        title: linkage.title.clone(),
        refused: refused(&findings) || methods.iter().any(|method| refused(&method.findings)),
        findings,
        methods,
        take_over,
        yen_per_account: yen,
        tries_a_day: model
            .attackers
            .iter()
            .map(|(code, one)| (code.clone(), one.tries_a_day.get()))
            .collect(),
    }
}

fn finding(rule: &Rule, linkage: &Linkage, model: &Model) -> Option<LinkageFinding> {
    let says = (rule.breach)(linkage, model)?;
    Some(LinkageFinding {
        code: rule.code,
        weight: if rule.refuses { Weight::Refused } else { Weight::Weak },
        says,
        place: linkage.places.of_key(rule.key),
        holes: rule.holes,
        promises: rule.promises,
        change: rule.change.to_owned(),
    })
}

/// Why a method must not link: the directory's own word, told apart by what is missing (H2, P4).
fn of_factors(method: Option<&Method>, model: &Model) -> Vec<(&'static str, String)> {
    let Some(method) = method else {
        return vec![(
            "factors_unknown",
            "what the bank checks is not known, so nothing shows that it suffices".to_owned(),
        )];
    };
    let codes: Vec<String> = method.factors.iter().map(|factor| factor.code.clone()).collect();
    if model.directory.judge(&codes).is_ok() {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    if !method.factors.iter().any(|factor| factor.category == Category::Possession) {
        wrong.push(("no_possession_factor", WeakMethod::NothingHeld.to_string()));
    }
    let mut groups: Vec<&str> = method.factors.iter().map(|factor| factor.leak_group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    if let [group] = groups[..] {
        let count = method.factors.len();
        wrong.push(("one_leak_group", format!("{count} factors count as one: all fall together ({group})")));
    }
    wrong
}

fn of_method(method: Option<&str>, banks: &[BankCode], linkage: &Linkage, model: &Model) -> MethodAssessed {
    let directory = &model.directory;
    let known = method.and_then(|method| directory.methods.get(method));
    // What all of these banks offer and may link; the first one that the first of them proposes.
    let offers = |bank: &BankCode, code: &String| {
        directory.bank(*bank).is_some_and(|bank| bank.methods.contains(code))
    };
    let proposed =
        banks.first().and_then(|bank| directory.bank(*bank)).map_or(&[][..], |bank| &bank.methods[..]);
    let better = proposed
        .iter()
        .filter(|code| Some(code.as_str()) != method && banks.iter().all(|bank| offers(bank, code)))
        .filter_map(|code| directory.methods.get(code))
        .find(|method| method.linkable().is_ok());
    let place = |bank: &BankCode| linkage.places.of_key(&format!("banks.{bank}"));
    let findings = of_factors(known, model).into_iter().map(|(code, says)| LinkageFinding {
        code,
        weight: Weight::Refused,
        says,
        place: banks.first().map(place).unwrap_or_default(),
        holes: &["H2"],
        promises: &["P4"],
        change: better.map_or_else(
            || "agree with the bank on a method with a factor that is held".to_owned(),
            |method| format!("link by {} instead", method.code),
        ),
    });
    let yen = yen_per_account(linkage, banks, model);
    let tree = known.map(|method| ways::to_link(linkage, method, model));
    let changes = changes::all(better);
    let lifted = |linkage: &Linkage, method: Option<&Method>| {
        let rules = RULES.iter().filter(|rule| rule.refuses);
        of_factors(method, model).is_empty()
            && rules.into_iter().all(|rule| (rule.breach)(linkage, model).is_none())
    };
    let closed = |linkage: &Linkage, method: Option<&Method>| {
        method.is_some_and(|method| {
            let yen = yen_per_account(linkage, banks, model);
            !ways_in(&ways::to_link(linkage, method, model), yen, linkage, model).iter().any(|way| way.pays)
        })
    };
    MethodAssessed {
        method: method.unwrap_or(UNKNOWN).to_owned(),
        name_en: known.map_or("not published", |method| &method.name_en).to_owned(),
        name_ja: known.map_or("非公表", |method| &method.name_ja).to_owned(),
        factors: known
            .map(|method| method.factors.iter().map(|factor| factor.code.clone()).collect())
            .unwrap_or_default(),
        banks: banks.iter().filter_map(|code| linked(*code, method, linkage, model)).collect(),
        yen_per_account: yen,
        findings: findings.collect(),
        smallest_set: tree
            .as_ref()
            .and_then(|tree| tree.sets().into_iter().next())
            .map(|set| in_words(&set))
            .unwrap_or_default(),
        ways: tree.as_ref().map(|tree| ways_in(tree, yen, linkage, model)).unwrap_or_default(),
        lifts: changes::fewest(&changes, linkage, known, lifted),
        closes: changes::fewest(&changes, linkage, known, closed),
        tree,
    }
}

fn linked(code: BankCode, method: Option<&str>, linkage: &Linkage, model: &Model) -> Option<LinkedBank> {
    let bank = model.directory.bank(code)?;
    let name = bank.name_of(code, linkage.as_of.as_deref()).to_owned();
    let known_in_part = bank.in_2020.known_in_part && bank.in_2020.method.as_deref() == method;
    Some(LinkedBank { code, name, name_en: bank.name_en.clone(), known_in_part })
}

fn in_words(steps: &Steps) -> Vec<String> {
    steps.iter().map(super::Step::words).collect()
}

/// The cheapest way of each attacker that has one, the cheapest first, where one account loses so many yen.
fn ways_in(tree: &Tree, yen: f64, linkage: &Linkage, model: &Model) -> Vec<WayIn> {
    let sets = tree.sets();
    let mut ways: Vec<WayIn> = model
        .attackers
        .iter()
        .filter_map(|(code, attacker)| {
            let campaigns =
                sets.iter().filter_map(|set| Some((set, Campaign::of(attacker, set, linkage, model)?)));
            let campaigns = campaigns.filter(|(_, campaign)| campaign.cost_yen.is_finite());
            let (set, campaign) = campaigns.min_by(|a, b| a.1.cost_yen.total_cmp(&b.1.cost_yen))?;
            Some(WayIn {
                attacker: code.clone(),
                name_en: attacker.name_en.clone(),
                name_ja: attacker.name_ja.clone(),
                steps: in_words(set),
                step_codes: set.iter().map(super::Step::code).collect(),
                cost_yen: campaign.cost_yen.round(),
                per_10_000_tries: to_eight_places(campaign.per_10_000_tries),
                per_month: to_eight_places(campaign.per_month),
                yen_per_month: (yen * campaign.per_month).round(),
                pays: campaign.cost_yen < yen,
            })
        })
        .collect();
    ways.sort_by(|a, b| a.cost_yen.total_cmp(&b.cost_yen).then_with(|| a.attacker.cmp(&b.attacker)));
    ways
}

fn to_eight_places(number: f64) -> f64 {
    (number * 1e8).round() / 1e8
}
