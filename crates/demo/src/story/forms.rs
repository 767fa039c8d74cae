//! Forms as a browser reads them from a page: where they go, what they would send if somebody just pressed the button,
//! and which choices they offer.

use anyhow::{Context, ensure};

/// A form of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    pub action: String,
    pub method: String,
    /// Names and values that would be sent, in the page's order.
    pub fields: Vec<(String, String)>,
    /// Radio buttons and checkboxes, chosen or not, and the options of lists.
    pub choices: Vec<Choice>,
    /// Fields that a person types into or chooses from.
    open: Vec<String>,
}

/// Something a form offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub name: String,
    pub value: String,
    /// The words of a list's option, or what a box is called for who cannot see what stands beside it.
    pub words: String,
}

impl Form {
    /// Types into a field, or chooses one of its options.
    ///
    /// # Errors
    /// When the page has no such field, or the list no such option.
    pub fn fill(&mut self, name: &str, value: impl ToString) -> anyhow::Result<()> {
        let value = value.to_string();
        ensure!(self.open.iter().any(|open| open == name), "the form to {} has no field {name}", self.action);
        let fits = self.offers(name).next().is_none() || self.offers(name).any(|choice| choice.value == value);
        ensure!(fits, "{name} does not offer {value}");
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value));
        Ok(())
    }

    /// What is offered under a name.
    pub fn offers(&self, name: &str) -> impl Iterator<Item = &Choice> {
        self.choices.iter().filter(move |choice| choice.name == name)
    }

    /// Chooses the option of a list that is called so.
    ///
    /// # Errors
    /// When no option's words contain `words`.
    pub fn choose(&mut self, name: &str, words: &str) -> anyhow::Result<()> {
        let called = self.offers(name).find(|choice| choice.words.contains(words)).map(|choice| choice.value.clone());
        self.fill(name, called.with_context(|| format!("{name} offers nothing called {words}"))?)
    }

    /// Ticks a checkbox beside those that are ticked already.
    ///
    /// # Errors
    /// When the page has no such box.
    pub fn tick(&mut self, name: &str, value: &str) -> anyhow::Result<()> {
        let box_named = (name.to_owned(), value.to_owned());
        ensure!(
            self.offers(name).any(|choice| choice.value == value),
            "the form to {} has no box {name} = {value}",
            self.action
        );
        if !self.fields.contains(&box_named) {
            self.fields.push(box_named);
        }
        Ok(())
    }

    /// Ticks the box whose words end so, as `选中王芳` does for a name; of several the shortest.
    ///
    /// # Errors
    /// When there is no such box.
    pub fn tick_called(&mut self, name: &str, words: &str) -> anyhow::Result<()> {
        let called = self.offers(name).find(|choice| choice.words.contains(words)).map(|choice| choice.value.clone());
        self.tick(name, &called.with_context(|| format!("no box {name} is called {words}"))?)
    }

    /// What would be sent under a name, first first.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// A start tag: its name and attributes, with where it begins and ends in the page.
pub struct Tag<'a> {
    pub name: &'a str,
    attributes: &'a str,
    pub end: usize,
}

impl Tag<'_> {
    /// The value of an attribute; empty for one without a value.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let Some((found, value, after)) = next_attribute(rest) {
            if found.eq_ignore_ascii_case(name) {
                return Some(unescaped(value));
            }
            rest = after;
        }
        None
    }
}

/// Name, value and what follows.
fn next_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|mark: char| mark.is_whitespace() || mark == '/');
    let end = text.find(|mark: char| mark.is_whitespace() || mark == '=' || mark == '/').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let Some(rest) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
        return Some((name, "", rest));
    };
    let quote = rest.chars().next().filter(|mark| matches!(mark, '"' | '\''));
    match quote {
        Some(quote) => {
            let (value, after) = rest[1..].split_once(quote)?;
            Some((name, value, after))
        }
        None => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            Some((name, &rest[..end], &rest[end..]))
        }
    }
}

/// The start tags of a page in their order. End tags come as names with a slash.
pub fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + html[at..].find('<')?;
            let inner = &html[start + 1..];
            at = start + 1;
            let is_tag = inner.starts_with(|mark: char| mark.is_ascii_alphabetic() || mark == '/');
            let length = if is_tag { tag_length(inner) } else { None };
            if let Some(length) = length {
                at = start + 1 + length + 1;
                let text = &inner[..length];
                let name = text.split(|mark: char| mark.is_whitespace()).next().unwrap_or_default();
                return Some(Tag { name, attributes: &text[name.len()..], end: at });
            }
        }
    })
}

/// Up to the `>` that stands in no quoted value.
fn tag_length(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, mark) in text.char_indices() {
        match (quote, mark) {
            (None, '>') => return Some(index),
            (None, '"' | '\'') => quote = Some(mark),
            (Some(open), mark) if open == mark => quote = None,
            _ => {}
        }
    }
    None
}

/// The text of HTML with its entities resolved.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let named = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match named.and_then(|(name, after)| entity(name).map(|mark| (mark, after))) {
            Some((mark, after)) => {
                out.push(mark);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The words of a piece of a page, without its tags.
pub fn words(html: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for tag in tags(html) {
        let start = html[..tag.end].rfind('<').unwrap_or(at).max(at);
        out.push_str(&html[at..start]);
        out.push(' ');
        at = tag.end;
    }
    out.push_str(&html[at..]);
    unescaped(&out).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every form of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut form: Option<Form> = None;
    let mut list: Option<(String, bool)> = None;
    for tag in tags(html) {
        match (tag.name.to_ascii_lowercase().as_str(), form.as_mut()) {
            ("form", _) => {
                let action = tag.attribute("action").unwrap_or_default();
                let method = tag.attribute("method").unwrap_or_else(|| "get".to_owned()).to_ascii_lowercase();
                form = Some(Form { action, method, ..Form::default() });
            }
            ("/form", Some(_)) => forms.extend(form.take()),
            ("input", Some(form)) => take_input(form, &tag),
            ("textarea", Some(form)) => {
                let name = tag.attribute("name").unwrap_or_default();
                let inside = html[tag.end..].split("</textarea").next().unwrap_or_default();
                form.open.push(name.clone());
                form.fields.push((name, unescaped(inside)));
            }
            ("select", Some(form)) => {
                let name = tag.attribute("name").unwrap_or_default();
                form.open.push(name.clone());
                list = Some((name, false));
            }
            ("/select", _) => list = None,
            ("option", Some(form)) => {
                if let Some((name, has_value)) = list.as_mut() {
                    take_option(form, &tag, name, has_value, html);
                }
            }
            _ => {}
        }
    }
    forms
}

fn take_input(form: &mut Form, tag: &Tag<'_>) {
    let Some(name) = tag.attribute("name").filter(|name| !name.is_empty()) else {
        return;
    };
    let kind = tag.attribute("type").unwrap_or_else(|| "text".to_owned());
    match kind.as_str() {
        "radio" | "checkbox" => {
            let value = tag.attribute("value").unwrap_or_else(|| "on".to_owned());
            let words = tag.attribute("aria-label").unwrap_or_default();
            form.choices.push(Choice { name: name.clone(), value: value.clone(), words });
            form.open.push(name.clone());
            if tag.attribute("checked").is_some() {
                form.fields.push((name, value));
            }
        }
        "submit" | "button" | "reset" | "image" => {}
        "file" => form.open.push(name),
        _ => {
            if kind != "hidden" {
                form.open.push(name.clone());
            }
            form.fields.push((name, tag.attribute("value").unwrap_or_default()));
        }
    }
}

/// The first option stands until one is marked as selected.
fn take_option(form: &mut Form, tag: &Tag<'_>, name: &str, has_value: &mut bool, html: &str) {
    let words = words(html[tag.end..].split('<').next().unwrap_or_default());
    let value = tag.attribute("value").unwrap_or_else(|| words.clone());
    form.choices.push(Choice { name: name.to_owned(), value: value.clone(), words });
    if tag.attribute("selected").is_some() || !*has_value {
        *has_value = true;
        form.fields.retain(|(field, _)| field != name);
        form.fields.push((name.to_owned(), value));
    }
}

/// The one form of a page that goes to `action`.
///
/// # Errors
/// When there is none.
pub fn form_to(html: &str, action: &str) -> anyhow::Result<Form> {
    let found = forms(html).into_iter().find(|form| form.action == action);
    found.with_context(|| format!("the page has no form to {action}: {}", excerpt(html)))
}

/// The words of a page's main part, shortened, for a message about what is wrong with it.
pub fn excerpt(html: &str) -> String {
    let main = html.find("<main").map_or(html, |start| &html[start..]);
    words(main).chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<main><h1>A &amp; B</h1><form method="post" action="/a?x=1&amp;y=2">
        <input type="hidden" name="csrf" value="abc"><input name="name" value="李 &quot;x&quot;">
        <input type=checkbox name=who value=1 checked><input type="checkbox" name="who" value="2">
        <select name="base"><option value="7">One</option><option value="8" selected>Two</option></select>
        <textarea name="note">a &lt; b</textarea><button>Send</button></form>
        <form action="/b"><input type="date" name="day" value="2026-01-05"/></form></main>"#;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let forms = forms(PAGE);
        assert_eq!(forms.len(), 2);
        assert_eq!((forms[0].action.as_str(), forms[0].method.as_str()), ("/a?x=1&y=2", "post"));
        let sent: Vec<(&str, &str)> =
            forms[0].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [("csrf", "abc"), ("name", "李 \"x\""), ("who", "1"), ("base", "8"), ("note", "a < b")];
        assert_eq!(sent, expected);
        assert_eq!(forms[1].value("day"), Some("2026-01-05"));
    }

    /// A story that could send what no page offers would prove nothing about the pages.
    #[test]
    fn only_what_the_page_offers_can_be_filled_in() {
        let mut form = form_to(PAGE, "/a?x=1&y=2").unwrap();
        form.choose("base", "One").unwrap();
        form.tick("who", "2").unwrap();
        assert_eq!(form.value("base"), Some("7"));
        assert_eq!(form.fields.iter().filter(|(name, _)| name == "who").count(), 2);
        assert!(form.fill("base", 9).is_err());
        assert!(form.fill("csrf", "forged").is_err());
        assert!(form.fill("amount", 1).is_err());
        assert!(form.tick("who", "3").is_err());
        assert!(form_to(PAGE, "/c").is_err());
    }

    #[test]
    fn words_are_what_a_reader_sees() {
        assert_eq!(words("<p>¥40.00&nbsp;<b title=\"a > b\">已支付</b></p>"), "¥40.00 已支付");
        assert_eq!(unescaped("&#x4e2d;&#22269; &unknown; &"), "中国 &unknown; &");
    }
}
