//! Linkages are judged: 2020 is refused with its reasons, today is not, and nothing without a held factor passes.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod curves;
mod exception;
mod input;
mod refusals;
mod subsets;
mod years;

use engine::linkage::{Assessment, Linkage, Model, assess};

/// The linkage of 2020.
const KOZA_2020: &str = include_str!("../../../../linkage/koza-2020.toml");

/// The assessment of a file's text against the embedded model.
fn assessed(text: &str) -> Assessment {
    let model = Model::embedded();
    match Linkage::read("linkage.toml", text, model) {
        Ok(linkage) => assess(&linkage, model),
        Err(wrong) => panic!("{wrong}"),
    }
}

/// Today's linkage with one thing changed.
fn today_with(from: &str, to: &str) -> String {
    let today = engine::linkage::TODAY;
    assert!(today.contains(from), "{from}");
    today.replacen(from, to, 1)
}
