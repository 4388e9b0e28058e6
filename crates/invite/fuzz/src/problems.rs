//! What is said of an input's faults.

use invite::mail::Problem;

/// Each problem is one short line under a stable name. There are at most as many as the input has lines, and a few.
pub(crate) fn check(problems: &[Problem], input: &[u8]) {
    let lines = input
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .count();
    assert!(
        problems.len() <= 2 * lines + 20,
        "{} problems of {lines} lines",
        problems.len()
    );
    check_each(problems);
}

/// Those of an input without lines: each is one short line under a stable name, and there are not many.
pub(crate) fn check_some(problems: &[Problem]) {
    assert!(problems.len() <= 200, "{} problems", problems.len());
    check_each(problems);
}

fn check_each(problems: &[Problem]) {
    for problem in problems {
        assert!(
            problem
                .code
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{problem:?}"
        );
        assert!(problem.text.len() <= 400, "{problem:?}");
        assert!(!problem.text.contains(char::is_control), "{problem:?}");
    }
}
