//! Who joins and leaves the operator's staff (P6, P7).

use crate::{
    attempt,
    build::{NOW, decided, digest, rows},
    name, person, told_to_staff,
};
use engine::{
    Code, Decision, Row,
    operators::{AddOperator, AddOperatorFacts, EndOperator, EndOperatorFacts, Operator},
};
use gate::Step;
use terms::Span;

fn put<A>(decision: &Decision<A>) -> Vec<Operator> {
    rows(&decision.plan, |row| match row {
        Row::Operator(operator) => Some(operator.clone()),
        _ => None,
    })
}

fn left(name: &str) -> Operator {
    Operator { ended_at: Some(NOW.minus(Span::hours(1))), ..person(name) }
}

// promise: P7
#[test]
fn a_line_begins_with_whom_the_token_of_the_first_hour_added() {
    let third = Operator { added_by: name("minato"), line: name("akari"), ..person("sora") };
    for (adder, line) in [(None, "riku"), (Some(person("akari")), "akari"), (Some(third), "akari")] {
        let by = adder.as_ref().map_or(Operator::first_hour(), |adder| adder.name.clone());
        let ask = AddOperator { by, name: name("riku"), token: digest(7) };
        let decision = decided(line, &ask, &AddOperatorFacts { known: None, adder }, Ok(()));
        assert_eq!(put(&decision)[0].line, name(line));
    }
}

// promise: P6
#[test]
fn a_name_is_one_persons_for_ever() {
    let cases: Vec<(&str, &str, Option<Operator>, Result<(), Code>)> = vec![
        ("a new name", "minato", None, Ok(())),
        ("a colleague's name", "minato", Some(person("minato")), Err(Code::WrongState)),
        ("the name of somebody who left", "minato", Some(left("minato")), Err(Code::WrongState)),
        ("the name of the first hour", "operator", None, Err(Code::WrongState)),
    ];
    for (told, new, known, expected) in cases {
        let ask = AddOperator { by: name("akari"), name: name(new), token: digest(7) };
        let decision =
            decided(told, &ask, &AddOperatorFacts { known, adder: Some(person("akari")) }, expected);
        match expected {
            Ok(()) => {
                let (by, joined) = (name("akari"), name(new));
                let expected = Operator {
                    name: joined,
                    token: digest(7),
                    added_by: by.clone(),
                    line: by,
                    created_at: NOW,
                    ended_at: None,
                };
                assert_eq!(put(&decision), [expected], "{told}");
                let body = told_to_staff(&decision, "operator.added");
                assert_eq!(body, serde_json::json!({ "name": new, "by": "akari" }), "{told}: and no token");
                assert_eq!(attempt(&decision), (Step::OperatorChange, "taken".to_owned()), "{told}");
            }
            Err(code) => {
                let word = code.as_str().to_owned();
                assert_eq!(attempt(&decision), (Step::OperatorChange, word), "{told}");
                let refusal = decision.answer.unwrap_err();
                assert_eq!(refusal.field.as_deref(), Some("name"), "{told}");
            }
        }
    }
}

// promise: P6
#[test]
fn who_leaves_has_left_once() {
    let end = EndOperator { by: name("akari"), name: name("minato") };
    let facts = EndOperatorFacts { operator: Some(person("minato")) };
    let decision = decided("a colleague", &end, &facts, Ok(()));
    assert_eq!(put(&decision), [Operator { ended_at: Some(NOW), ..person("minato") }]);
    let body = told_to_staff(&decision, "operator.ended");
    assert_eq!(body, serde_json::json!({ "name": "minato", "by": "akari" }));
    assert_eq!(attempt(&decision), (Step::OperatorChange, "taken".to_owned()));

    let facts = EndOperatorFacts { operator: Some(left("minato")) };
    let again = decided("once more", &end, &facts, Ok(()));
    assert_eq!(again.plan.writes().len(), 1, "the attempt alone: it is as it was");

    let nobody = decided("nobody", &end, &EndOperatorFacts { operator: None }, Err(Code::NotFound));
    assert_eq!(attempt(&nobody), (Step::OperatorChange, "not_found".to_owned()));
}
