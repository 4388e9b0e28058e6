//! What the HTML of a tenant's own letter may hold: what mail programs show, links that say in full where they lead, and
//! nothing that is loaded but his logo. Asked of every letter as it goes out, not only of the template: a name in a place
//! that is not quoted could be read as more than a name.

use std::{cell::RefCell, fmt};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

const ELEMENTS: [&str; 40] = [
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "hr",
    "html",
    "i",
    "img",
    "li",
    "meta",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "u",
];
const ATTRIBUTES: [&str; 29] = [
    "align",
    "alt",
    "aria-hidden",
    "aria-label",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "charset",
    "class",
    "color",
    "colspan",
    "content",
    "dir",
    "face",
    "height",
    "href",
    "id",
    "lang",
    "name",
    "role",
    "rowspan",
    "size",
    "src",
    "start",
    "style",
    "title",
    "valign",
    "width",
];
const LINKS: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];
/// By which styles load something, or hide that they do.
const LOADING: [&str; 5] = ["url(", "@import", "expression(", "image-set(", "\\"];

/// The first thing that may not be there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Without words of the letter.
    pub(super) what: &'static str,
    /// Which it is, and what there is instead.
    which: String,
    /// As it would stand in a template.
    pub(super) written: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.which)
    }
}

/// What is wrong with the HTML of a letter; `logo`: the only picture.
pub(super) fn fault(html: &str, logo: Option<&str>) -> Option<Fault> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let sink = Looked {
        logo,
        state: RefCell::new(State::default()),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // A sink that never returns a script is fed all of it at once.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let state = tokenizer.sink.state.into_inner();
    state.fault.or_else(|| style(&state.style))
}

struct Looked<'a> {
    logo: Option<&'a str>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    fault: Option<Fault>,
    is_in_style: bool,
    /// What stands in `<style>`.
    style: String,
}

impl TokenSink for Looked<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.is_in_style => state.style.push_str(&text),
            Token::CommentToken(comment) if state.fault.is_none() => {
                state.fault = self.comment(&comment);
            }
            Token::TagToken(tag) => {
                let name = tag.name.as_ref();
                state.is_in_style = name == "style" && tag.kind == TagKind::StartTag;
                if state.fault.is_none() {
                    state.fault = self.tag(&tag);
                }
                match name {
                    "style" if state.is_in_style => {
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                    "title" if tag.kind == TagKind::StartTag => {
                        return TokenSinkResult::RawData(RawKind::Rcdata);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Looked<'_> {
    /// Outlook reads what stands in a comment of this form, and nobody else reads one.
    fn comment(&self, comment: &str) -> Option<Fault> {
        let comment = comment.trim_start();
        let inside = comment
            .starts_with("[if")
            .then(|| comment.split_once('>'))?;
        fault(inside?.1, self.logo)
    }

    fn tag(&self, tag: &Tag) -> Option<Fault> {
        let name = tag.name.as_ref();
        if !ELEMENTS.contains(&name) {
            let which = format!("{name}; there are {}", ELEMENTS.join(", "));
            return found(
                "letters may not have the element",
                &which,
                &format!("<{name}"),
            );
        }
        tag.attrs.iter().find_map(|attribute| {
            self.attribute(name, attribute.name.local.as_ref(), &attribute.value)
        })
    }

    fn attribute(&self, of: &str, name: &str, value: &str) -> Option<Fault> {
        if !ATTRIBUTES.contains(&name) {
            let which = format!("{name} of {of}; there are {}", ATTRIBUTES.join(", "));
            return found("letters may not have the attribute", &which, name);
        }
        match name {
            "href" => {
                let to = value.trim().to_ascii_lowercase();
                let is_link = of == "a" && LINKS.iter().any(|link| to.starts_with(link));
                (!is_link).then_some(())?;
                let what = "a link begins with https://, http://, mailto: or tel:, and not as in";
                found(what, value, value)
            }
            "src" if of != "img" || Some(value) != self.logo => {
                let what = "whoever serves it sees who opens a letter; only {{ brand.logo }} may be the picture";
                found(what, value, value)
            }
            "style" => style(value),
            _ => None,
        }
    }
}

fn style(css: &str) -> Option<Fault> {
    let css = css.to_ascii_lowercase();
    let loading = LOADING.iter().find(|loading| css.contains(**loading))?;
    found("a style may load nothing, and not have", loading, loading)
}

fn found(what: &'static str, which: &str, written: &str) -> Option<Fault> {
    Some(Fault {
        what,
        which: which.split_whitespace().collect::<Vec<_>>().join(" "),
        written: written.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_or_runs_is_told() {
        let logo = Some("https://acme.example/logo.png");
        for (html, told) in [
            ("<p>a<script>b</script>", "element: script; there are a,"),
            (
                "<p onclick='x'>",
                "attribute: onclick of p; there are align,",
            ),
            (
                "<p class=a onclick=x>",
                "attribute: onclick of p; there are align,",
            ),
            ("<form>", "element: form; there are a,"),
            (
                "<meta http-equiv=refresh content='0;url=x'>",
                "attribute: http-equiv of meta; there are align,",
            ),
            ("<a href=' JavaScript:x'>", "and not as in: JavaScript:x"),
            ("<a href='/relative'>", "and not as in: /relative"),
            ("<a href=''>", "and not as in: "),
            (
                "<base href='https://a.test/'>",
                "element: base; there are a,",
            ),
            (
                "<img src='https://b.test/p.gif'>",
                "the picture: https://b.test/p.gif",
            ),
            (
                "<td style='background:url(https://b.test)'>",
                "not have: url(",
            ),
            ("<td style='background:u\\72l(x)'>", "not have: \\"),
            ("<style>@import 'x';</style>", "not have: @import"),
            ("<style>td { background: URL(x) }</style>", "not have: url("),
            (
                "<!--[if mso]><img src='https://b.test'><![endif]-->",
                "the picture: https://b.test",
            ),
        ] {
            let found = fault(html, logo).unwrap().to_string();
            assert!(found.contains(told), "{html}: {found}");
        }
    }

    #[test]
    fn what_letters_are_made_of_is_not() {
        for html in [
            "<a href='mailto:a@b.test?subject=x'>a</a><br><a href='https://a.test'>b</a>",
            "<title>1 < 2 <script></title><p>a</p>",
            "<img src='https://acme.example/logo.png' alt='Acme' style='display:block'>",
            "<!-- <script> is what nobody reads --><style>td > a { color: #fff }</style>",
        ] {
            assert_eq!(
                fault(html, Some("https://acme.example/logo.png")),
                None,
                "{html}"
            );
        }
    }
}
