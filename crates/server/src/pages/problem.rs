//! A no as a page, for a person with a browser.

use super::way_on::WayOn;
use crate::{
    page::{Page, html},
    problem::Problem,
    shell::Asking,
};
use askama::Template;
use axum::response::Response;
use engine::Code;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'p> {
    page: Page,
    title: String,
    next: String,
    code: &'p str,
    request: &'p str,
    way_on: Option<WayOn>,
    /// Whether something was sent to the phone or mailbox that helps here.
    sent: bool,
}

/// The page of a problem.
pub(crate) fn problem(problem: &Problem, asking: &Asking) -> Response {
    let page = Page::of_problem(asking);
    let locale = page.locale();
    // Somewhere that a browser can be sent to: what was posted cannot be repeated by an address.
    let plain = asking.path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_'));
    let back_to = if asking.looks && plain { asking.path.as_str() } else { "/home" };
    let sent = [Code::CodeWrong, Code::UnderReview, Code::GateDenied];
    html(&ProblemPage {
        title: problem.title(locale),
        next: problem.next(locale),
        code: problem.code(),
        request: &asking.request,
        way_on: WayOn::of(problem.code(), back_to),
        sent: sent.iter().any(|code| code.as_str() == problem.code()),
        page,
    })
}
