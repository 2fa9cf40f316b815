//! Runs every rule over the tree; each rule also has samples that it must complain about.

mod arrows;
mod bans;
mod complaint;
mod dependencies;
mod files;
mod locales;
mod manifest;
mod names;
mod source;
mod tree;
mod unfinished;
mod vocabulary;

use complaint::settle;
use tree::Tree;

/// One test per rule, so that each breach is reported in one run.
macro_rules! rules {
    ($($name:ident => $rule:expr;)*) => {
        $(
            #[test]
            fn $name() {
                settle($rule(&Tree::read()));
            }
        )*
    };
}

rules! {
    crates_point_only_downwards => arrows::check;
    crates_use_only_what_their_rule_allows => bans::check_manifests;
    code_uses_only_what_its_crate_allows => bans::check_sources;
    clippy_guards_the_pure_crates => bans::check_clippy;
    every_crate_has_the_workspace_lints => files::check_lints;
    every_file_opens_with_its_job => files::check_openings;
    no_file_is_long => files::check_lengths;
    names_say_what_a_thing_is => names::check;
    nothing_is_left_unfinished => unfinished::check;
    nothing_points_into_one_machine => unfinished::check_paths;
    one_word_for_one_thing => vocabulary::check;
    both_languages_say_the_same_things => locales::check;
    every_dependency_is_explained => dependencies::check_explained;
    every_dependency_is_used => dependencies::check_used;
}
