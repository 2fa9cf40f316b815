//! Random conditions: our reader says what the `cel` crate says, so that an operator who knows CEL knows ours.

use crate::{
    dice::Dice,
    written::{asked, at_bank, evidence, file_with},
};
use cel::{Context, Program, Value};
use gate::rules::RuleBook;

fn number(dice: &mut Dice, depth: u64) -> String {
    match dice.below(if depth == 0 { 3 } else { 9 }) {
        0 => "wallets".to_owned(),
        1 => "fails".to_owned(),
        2 => dice.below(5).to_string(),
        3 => format!("-{}", number(dice, 0)),
        4 => format!(
            "({} ? {} : {})",
            truth(dice, depth - 1),
            number(dice, depth - 1),
            number(dice, depth - 1)
        ),
        _ => {
            let sign = dice.one_of(&["+", "-", "*", "/", "%"]);
            let (left, right) = (number(dice, depth - 1), number(dice, depth - 1));
            if dice.below(2) == 0 {
                format!("{left} {sign} {right}")
            } else {
                format!("({left} {sign} {right})")
            }
        }
    }
}

fn truth(dice: &mut Dice, depth: u64) -> String {
    match dice.below(if depth == 0 { 5 } else { 10 }) {
        0 => "young_link".to_owned(),
        1 => format!("bank == '{}'", dice.one_of(&["0001", "0005"])),
        2 => format!("bank.{}('{}')", dice.one_of(&["startsWith", "endsWith", "contains"]), dice.below(10)),
        3 => format!("{} in [0, 2, {}]", number(dice, 0), dice.below(5)),
        4 => dice.one_of(&["true", "false"]).to_owned(),
        5 => format!("!({})", truth(dice, depth - 1)),
        6 => {
            let sign = dice.one_of(&["==", "!=", "<", "<=", ">", ">="]);
            format!("{} {sign} {}", number(dice, depth - 1), number(dice, depth - 1))
        }
        7 => {
            format!("({} ? {} : {})", truth(dice, depth - 1), truth(dice, depth - 1), truth(dice, depth - 1))
        }
        _ => {
            let sign = dice.one_of(&["&&", "||"]);
            format!("{} {sign} {}", truth(dice, depth - 1), truth(dice, depth - 1))
        }
    }
}

#[test]
fn both_readers_of_the_language_say_the_same() {
    let mut dice = Dice::new();
    let base = Context::default();
    let (mut held, mut failed) = (0, 0);
    for _ in 0..800 {
        let when = truth(&mut dice, 3);
        let Ok(book) = RuleBook::read(&file_with(&when)) else {
            assert!(when.len() > 400 || when.matches('(').count() > 20, "ours refuses {when}");
            continue;
        };
        let theirs = Program::compile(&when).unwrap_or_else(|why| panic!("{when}: {why}"));
        for _ in 0..6 {
            let (wallets, fails) = (dice.below(4), dice.below(3));
            let bank = dice.one_of(&["0001", "0005", "0117"]);
            let mut scope = base.new_inner_scope();
            scope.add_variable_from_value("wallets", wallets as i64);
            scope.add_variable_from_value("fails", fails as i64);
            scope.add_variable_from_value("bank", bank);
            scope.add_variable_from_value("young_link", true);
            let theirs = match theirs.execute(&scope) {
                Ok(Value::Bool(holds)) => Some(holds),
                Ok(other) => panic!("{when}: {other:?}"),
                Err(_) => None,
            };
            let subjects = at_bank(bank);
            let evidence = evidence(wallets, fails);
            let ours = book.rules()[0].holds(&asked(&subjects), &evidence);
            assert_eq!(ours.ok(), theirs, "{when} with {wallets}, {fails}, {bank}: ours {ours:?}");
            held += u32::from(theirs == Some(true));
            failed += u32::from(theirs.is_none());
        }
    }
    assert!(held > 300 && failed > 50, "{held} held and {failed} failed: that says little");
}
