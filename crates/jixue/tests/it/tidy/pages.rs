//! Templates under the strict content security policy.

use super::nothing_found;
use super::tree::files;

/// What a template says that the browser will refuse, with its line.
fn inline_parts(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('<') {
        let tag = &text[at..at + text[at..].find('>').unwrap_or(0)];
        let lower = tag.to_ascii_lowercase();
        let name = lower[1.min(lower.len())..]
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let attributes = attribute_names(&lower);
        let fault = match name {
            "style" => Some("<style>".to_owned()),
            "script" if !attributes.contains(&"src") => Some("<script> without src".to_owned()),
            _ if lower.contains("javascript:") => Some("javascript: address".to_owned()),
            _ => attributes.iter().find(|one| **one == "style" || one.starts_with("on")).map(|one| format!("{one}=")),
        };
        let line = text[..at].matches('\n').count() + 1;
        found.extend(fault.map(|fault| (line, fault)));
    }
    found
}

/// Words that stand before `=` in a tag.
fn attribute_names(tag: &str) -> Vec<&str> {
    let before_equals = tag.match_indices('=').map(|(at, _)| tag[..at].trim_end());
    let names = before_equals.filter_map(|head| {
        let start = head.rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')?;
        head[..=start].ends_with(char::is_whitespace).then(|| &head[start + 1..])
    });
    names.collect()
}

/// The policy forbids inline style and script: such a page looks or works differently from what its author saw.
#[test]
fn templates_hold_no_inline_style_or_script() {
    // The simulators' phone is a server of its own, outside the policy.
    let templates = files("crates/jixue/templates", &[".html"]);
    assert!(!templates.is_empty(), "no templates found");
    let faults: Vec<String> = templates
        .iter()
        .flat_map(|file| {
            inline_parts(&file.text).into_iter().map(|(line, fault)| format!("{}:{line} {fault}", file.path))
        })
        .collect();
    nothing_found("inline style or script", &faults);
}

/// Each kind of inline part is seen, and nothing else is taken for one.
#[test]
fn planted_inline_parts_are_found() {
    let bad = "<p style=\"color:red\">a</p>\n<a onclick='x()'>b</a><script>1</script>\n<style>p{}</style><a href=\"javascript:x\">c</a>";
    let lines: Vec<usize> = inline_parts(bad).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 2, 3, 3]);
    let good = "<script type=\"module\" src=\"/assets/a\"></script><p data-style=\"x\" class=\"on\">on=1</p>\
                <meta content=\"width=1\"><a href=\"/a?one=1\">{% if a < b %}</a>";
    assert_eq!(inline_parts(good), []);
}
