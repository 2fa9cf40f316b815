//! What the operators' page shows is a file of rules.

use gate::rules::RuleBook;

#[test]
fn the_example_on_the_page_is_good() {
    let page = include_str!("../../../../docs/rules.md");
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let book = RuleBook::read(example).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    assert_eq!(book.rules().len(), 1);
    assert_eq!(book.needs(gate::Step::TopUp).len(), 2);
}
