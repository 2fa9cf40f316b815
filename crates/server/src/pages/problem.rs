//! A no as a page, for a person with a browser.

use crate::{
    page::{Page, html},
    problem::Problem,
    shell::Asking,
};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'p> {
    page: Page,
    title: String,
    next: String,
    code: &'p str,
    request: &'p str,
    signed_out: bool,
    path: &'p str,
}

/// The page of a problem.
pub(crate) fn problem(problem: &Problem, asking: &Asking) -> Response {
    let page = Page::bare(asking.language, &asking.path, "problem-title");
    let locale = page.locale();
    html(&ProblemPage {
        title: problem.title(locale),
        next: problem.next(locale),
        code: problem.code(),
        request: &asking.request,
        signed_out: problem.code() == engine::Code::NotSignedIn.as_str(),
        path: &asking.path,
        page,
    })
}
