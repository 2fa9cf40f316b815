//! docs/detectors.md says of each detector what it judges, counts and says: as the code has it.

use gate::{Step, detectors};

fn steps(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("`{}`", step.as_str())).collect::<Vec<_>>().join(", ")
}

fn page() -> String {
    let mut text = include_str!("head.md").to_owned();
    for detector in detectors::ALL {
        let (ja, en) = detector.says;
        text += &format!("\n## `{}`\n\n{en}\n{ja}\n\nJudges: {}.\n\n", detector.code, steps(detector.steps));
        detector.counts.iter().for_each(|count| text += &format!("* {count}\n"));
    }
    text
}

#[test]
fn the_page_about_detectors_is_as_the_code_has_it() {
    let written = include_str!("../../../../docs/detectors.md");
    let page = page();
    assert!(written == page, "docs/detectors.md should be:\n{page}");
}
