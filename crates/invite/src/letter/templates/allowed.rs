//! What a tenant's own template may say: show what a letter is about, and nothing that could grow without end, hide from the
//! escaping of HTML, or reach for another file than our bases.
//!
//! The language itself has more: a loop can bind a text to a name twice as long as before, thirty times over, in a few
//! lines and steps. Here only what is bounded by the template's own length can be said.

use minijinja::machinery::{
    Span, Token, WhitespaceConfig,
    ast::{BinOpKind, CallArg, Expr, Stmt},
    parse, tokenize,
};

use super::super::template::SHARED;

/// Pieces of one `{{ … }}` or `{% … %}`: ours have thirty. What is parsed can be no deeper than that.
const MAX_TOKENS: usize = 200;
/// Each stands inside the one before, for whoever reads them.
const MAX_ELIFS: usize = 100;

const FILTERS: [&str; 13] = [
    "beside",
    "capitalize",
    "count",
    "default",
    "first",
    "last",
    "length",
    "link",
    "lower",
    "strong",
    "title",
    "trim",
    "upper",
];
const TESTS: [&str; 6] = [
    "defined",
    "undefined",
    "none",
    "string",
    "number",
    "sequence",
];

/// What is not allowed, and where.
#[derive(Debug)]
pub(super) struct NotAllowed {
    pub(super) line: Option<usize>,
    pub(super) what: String,
}

type Checked = Result<(), NotAllowed>;

fn not_allowed(span: Span, what: impl Into<String>) -> NotAllowed {
    NotAllowed {
        line: Some(span.start_line.into()),
        what: what.into(),
    }
}

/// Whether the template may be used; says what is wrong and what is allowed instead.
pub(super) fn check(source: &str) -> Checked {
    short_tags(source)?;
    let parsed = parse(
        source,
        "own",
        minijinja::syntax::SyntaxConfig,
        WhitespaceConfig::default(),
    );
    match parsed {
        Ok(template) => statement(&template),
        Err(error) => Err(NotAllowed {
            line: error.line(),
            what: match error.detail() {
                Some(detail) => format!("{}: {detail}", error.kind()),
                None => error.kind().to_string(),
            },
        }),
    }
}

/// What is long is deep, too, and whoever reads what is deep needs as deep a stack.
fn short_tags(source: &str) -> Checked {
    let tokens = tokenize(
        source,
        false,
        minijinja::syntax::SyntaxConfig,
        WhitespaceConfig::default(),
    );
    let (mut count, mut elifs) = (0, 0);
    // The parser says what is wrong with what is no token.
    for (token, span) in tokens.map_while(Result::ok) {
        match token {
            Token::TemplateData(_) | Token::VariableStart | Token::BlockStart => count = 0,
            Token::Ident("elif") if count == 0 => elifs += 1,
            _ => count += 1,
        }
        if elifs > MAX_ELIFS {
            let what = format!("more than {MAX_ELIFS} {{% elif %}} in one template");
            return Err(not_allowed(span, what));
        }
        if count > MAX_TOKENS {
            let what =
                format!("a tag of more than {MAX_TOKENS} words and signs; write it in several");
            return Err(not_allowed(span, what));
        }
    }
    Ok(())
}

fn statements(all: &[Stmt<'_>]) -> Checked {
    all.iter().try_for_each(statement)
}

fn statement(stmt: &Stmt<'_>) -> Checked {
    let (span, name) = match stmt {
        Stmt::Template(template) => return statements(&template.children),
        Stmt::EmitRaw(_) => return Ok(()),
        Stmt::EmitExpr(emit) => return shown(&emit.expr),
        Stmt::Block(block) => return statements(&block.body),
        Stmt::IfCond(branch) => {
            shown(&branch.expr)?;
            statements(&branch.true_body)?;
            return statements(&branch.false_body);
        }
        Stmt::Set(set) => return kept(&set.expr),
        Stmt::ForLoop(repeated) => {
            if repeated.recursive {
                return Err(not_allowed(
                    repeated.span(),
                    "{% for … recursive %} is not allowed; write {% for … %}",
                ));
            }
            match &repeated.iter {
                Expr::List(list) => list.items.iter().try_for_each(kept)?,
                one => kept(one)?,
            }
            repeated.filter_expr.as_ref().map_or(Ok(()), kept)?;
            statements(&repeated.body)?;
            return statements(&repeated.else_body);
        }
        Stmt::Extends(extends) => return base(&extends.name),
        Stmt::Include(include) => return base(&include.name),
        Stmt::AutoEscape(other) => (other.span(), "autoescape"),
        Stmt::CallBlock(other) => (other.span(), "call"),
        Stmt::Do(other) => (other.span(), "do"),
        Stmt::FilterBlock(other) => (other.span(), "filter"),
        Stmt::FromImport(other) => (other.span(), "from"),
        Stmt::Import(other) => (other.span(), "import"),
        Stmt::Macro(other) => (other.span(), "macro"),
        Stmt::SetBlock(other) => (other.span(), "set … %}…{% endset"),
        Stmt::WithBlock(other) => (other.span(), "with"),
    };
    Err(not_allowed(
        span,
        format!(
            "{{% {name} %}} is not allowed; there are if, elif, else, for, set … = …, block, extends and include"
        ),
    ))
}

/// A file of ours that all letters share.
fn base(name: &Expr<'_>) -> Checked {
    let is_base = match name {
        Expr::Const(name) => SHARED
            .iter()
            .any(|(base, _)| name.value.as_str() == Some(base)),
        _ => false,
    };
    if is_base {
        return Ok(());
    }
    let bases: Vec<_> = SHARED.iter().map(|(base, _)| format!("{base:?}")).collect();
    let what = format!("only {} can be extended or included", bases.join(", "));
    Err(not_allowed(name.span(), what))
}

/// What is shown where it stands: it may be put together of several.
fn shown(expr: &Expr<'_>) -> Checked {
    expression(expr, true)
}

/// What is kept under a name, to be used again: no longer than what it is taken from.
fn kept(expr: &Expr<'_>) -> Checked {
    expression(expr, false)
}

fn expression(expr: &Expr<'_>, may_grow: bool) -> Checked {
    let inner = |expr: &Expr<'_>| expression(expr, may_grow);
    match expr {
        Expr::Var(_) | Expr::Const(_) => Ok(()),
        Expr::GetAttr(of) => inner(&of.expr),
        Expr::GetItem(of) => {
            inner(&of.expr)?;
            inner(&of.subscript_expr)
        }
        Expr::UnaryOp(of) => inner(&of.expr),
        Expr::Compare(of) => {
            inner(&of.expr)?;
            of.ops.iter().try_for_each(|op| inner(&op.expr))
        }
        Expr::IfExpr(of) => {
            inner(&of.test_expr)?;
            inner(&of.true_expr)?;
            of.false_expr.as_ref().map_or(Ok(()), inner)
        }
        Expr::BinOp(of) => {
            inner(&of.left)?;
            inner(&of.right)?;
            match of.op {
                BinOpKind::Mul | BinOpKind::Pow => Err(not_allowed(
                    of.span(),
                    "* and ** are not allowed: they repeat texts, too",
                )),
                BinOpKind::Concat | BinOpKind::Add if !may_grow => Err(not_allowed(
                    of.span(),
                    "~ and + are allowed where something is shown, not where it is kept under a name",
                )),
                _ => Ok(()),
            }
        }
        Expr::Filter(of) if FILTERS.contains(&of.name) => {
            of.expr.as_ref().map_or(Ok(()), inner)?;
            arguments(&of.args, of.span(), may_grow)
        }
        Expr::Filter(of) => Err(unknown(of.span(), "filter", of.name, &FILTERS)),
        Expr::Test(of) if TESTS.contains(&of.name) => {
            inner(&of.expr)?;
            arguments(&of.args, of.span(), may_grow)
        }
        Expr::Test(of) => Err(unknown(of.span(), "test", of.name, &TESTS)),
        Expr::Call(of) => match &of.expr {
            Expr::Var(function) if function.id == "say" => arguments(&of.args, of.span(), may_grow),
            _ => Err(not_allowed(
                of.span(),
                "nothing can be called but say(\"…\")",
            )),
        },
        Expr::List(_) | Expr::Map(_) | Expr::Slice(_) => Err(not_allowed(
            expr.span(),
            "lists are allowed in {% for … in [ … ] %} only, and slices nowhere",
        )),
    }
}

fn arguments(all: &[CallArg<'_>], span: Span, may_grow: bool) -> Checked {
    all.iter().try_for_each(|argument| match argument {
        CallArg::Pos(expr) | CallArg::Kwarg(_, expr) => expression(expr, may_grow),
        CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
            Err(not_allowed(span, "* and ** are not allowed in a call"))
        }
    })
}

fn unknown(span: Span, what: &str, name: &str, known: &[&str]) -> NotAllowed {
    let known = known.join(", ");
    not_allowed(
        span,
        format!("the {what} {name} is not allowed; there are {known}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::template::Template;

    #[test]
    fn whatever_ours_say_a_tenants_may_say() {
        for letter in Template::ALL {
            for source in letter.sources() {
                check(source).unwrap();
            }
        }
        for (_, source) in SHARED {
            check(source).unwrap();
        }
    }

    #[test]
    fn what_grows_hides_or_reaches_out_is_told_with_its_line() {
        for (source, told) in [
            ("{% for b in [a ~ a] %}{% endfor %}", "~ and + are allowed"),
            ("{% for b in [[a, a]] %}{% endfor %}", "lists are allowed"),
            ("{% set b = a ~ a %}", "~ and + are allowed"),
            ("{% set b = say('x', y=a ~ a) %}", "~ and + are allowed"),
            (
                "{% set b %}{{ a }}{{ a }}{% endset %}",
                "{% set … %}…{% endset %} is",
            ),
            ("{% with b = a %}{% endwith %}", "{% with %} is not allowed"),
            ("{% macro m(a) %}{{ a }}{% endmacro %}", "{% macro %} is"),
            ("{% filter upper %}{% endfilter %}", "{% filter %} is"),
            (
                "{% autoescape false %}{% endautoescape %}",
                "{% autoescape %} is",
            ),
            (
                "{% for a in b recursive %}{% endfor %}",
                "{% for … recursive %}",
            ),
            ("{{ 'x' * 1000 }}", "* and ** are not allowed"),
            (
                "{{ event.summary|safe }}",
                "the filter safe is not allowed; there are beside,",
            ),
            (
                "{{ event.summary|replace('a', 'aa') }}",
                "the filter replace",
            ),
            ("{{ super() }}", "nothing can be called but say"),
            ("{{ self.content() }}", "nothing can be called but say"),
            ("{{ range(9) }}", "nothing can be called but say"),
            ("{{ a is divisibleby 3 }}", "the test divisibleby"),
            ("{{ say('x', **a) }}", "* and ** are not allowed in a call"),
            (
                "{% include 'invite/body.html.j2' %}",
                "only \"base.html.j2\",",
            ),
            ("{% include event.summary %}", "only \"base.html.j2\","),
            ("{% extends brand.name %}", "only \"base.html.j2\","),
            ("{% import 'base.html.j2' as b %}", "{% import %} is"),
        ] {
            let wrong = check(&format!("\n{source}")).unwrap_err();
            assert!(wrong.what.starts_with(told), "{source}: {}", wrong.what);
            assert_eq!(wrong.line, Some(2), "{source}");
        }
    }

    #[test]
    fn what_is_deep_is_refused_before_anybody_reads_it() {
        for deep in [
            format!("{{{{ a{} }}}}", ".a".repeat(40_000)),
            format!("{{{{ a{} }}}}", "|upper".repeat(20_000)),
            format!("{{{{ {}a }}}}", "not ".repeat(30_000)),
            format!("{{{{ {}a }}}}", "(".repeat(100_000)),
            format!("{{{{ a{} }}}}", "~a".repeat(50_000)),
            "{% if a %}".repeat(12_000),
            format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(9_000)),
        ] {
            assert!(check(&deep).is_err(), "{}", deep.len());
        }
    }
}
