//! Every set of factors: what the engine would not link by, an assessment refuses, and the other way round.

use engine::{
    directory::{Category, Directory, Factor},
    linkage::{Linkage, Model, TODAY, assess},
};
use std::collections::BTreeSet;

// promise: P4
#[test]
fn an_assessment_agrees_with_the_engine_on_every_set_of_factors() {
    let factors: Vec<&Factor> = Directory::embedded().factors.values().collect();
    assert!(factors.len() <= 12, "every subset is tried: 2^{} of them", factors.len());
    let mut model = Model::embedded().clone();
    let banks = TODAY.find("[banks]").unwrap();
    let text = format!("{}[banks]\n\"0125\" = [\"account_pin_2020\"]\n", &TODAY[..banks]);
    let linkage = Linkage::read("subset.toml", &text, &model).unwrap();
    let mut accepted = 0;
    for chosen in 1_u32..1 << factors.len() {
        let set: Vec<Factor> = (0..factors.len())
            .filter(|place| chosen >> place & 1 == 1)
            .map(|place| factors[place].clone())
            .collect();
        let codes: Vec<String> = set.iter().map(|factor| factor.code.clone()).collect();
        let held = set.iter().any(|factor| factor.category == Category::Possession);
        let groups: BTreeSet<&str> = set.iter().map(|factor| factor.leak_group.as_str()).collect();
        let together = groups.len() < 2;
        model.directory.methods.get_mut("account_pin_2020").unwrap().factors = set.clone();
        let assessment = assess(&linkage, &model);
        let refusals = assessment.refusals();
        assert_eq!(refusals.contains(&"no_possession_factor"), !held, "{codes:?}");
        assert_eq!(refusals.contains(&"one_leak_group"), together, "{codes:?}");
        assert_eq!(assessment.refused, model.directory.judge(&codes).is_err(), "{codes:?}");
        assert_eq!(assessment.refused, !held || together, "{codes:?}");
        accepted += usize::from(!assessment.refused);
    }
    // As the engine's own count (`directory/strength.rs`): 892 of 1023.
    assert_eq!((factors.len(), accepted), (10, 892));
}
