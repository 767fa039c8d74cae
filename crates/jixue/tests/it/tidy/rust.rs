//! Rust text taken apart just far enough: what is code, what is a string, what is only a test.

use std::ops::Range;

/// A string literal and the line it begins on.
pub struct Literal {
    pub line: usize,
    pub text: String,
}

/// One Rust file, taken apart.
pub struct RustFile {
    /// Relative to the workspace root.
    pub path: String,
    /// Number of lines as written.
    pub lines: usize,
    /// Lines of them that are tests.
    pub test_lines: usize,
    /// True when the whole file is a test.
    pub is_test: bool,
    /// The file with comments and the insides of strings blanked: same lines.
    pub code: String,
    /// `code` with `#[cfg(test)]` items blanked too.
    pub product_code: String,
    /// Strings outside `#[cfg(test)]`.
    pub product_strings: Vec<Literal>,
    test_module_names: Vec<String>,
}

impl RustFile {
    pub fn new(path: &str, text: &str) -> Self {
        let (code, strings) = take_apart(text);
        let (ranges, test_module_names) = test_items(&code);
        let mut product = code.clone().into_bytes();
        ranges.iter().for_each(|range| blank(&mut product[range.clone()]));
        let lines = text.lines().count();
        let is_test = path.contains("/tests/") || path.contains("/benches/");
        let in_ranges = ranges.iter().map(|range| text[range.clone()].lines().count()).sum();
        let is_product = |at: &usize| !ranges.iter().any(|range| range.contains(at));
        let line_of = |at: usize| text[..at].matches('\n').count() + 1;
        let product_strings = strings.into_iter().filter(|(at, _)| is_product(at));
        Self {
            path: path.to_owned(),
            lines,
            test_lines: if is_test { lines } else { in_ranges },
            is_test,
            product_strings: product_strings.map(|(at, text)| Literal { line: line_of(at), text }).collect(),
            product_code: String::from_utf8(product).expect("only whole characters are blanked"),
            code,
            test_module_names,
        }
    }

    /// The paths, without `.rs`, of modules that this file declares under `#[cfg(test)]`.
    pub fn test_modules(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let home = if ["mod", "lib", "main"].contains(&name) { folder } else { stem };
        self.test_module_names.iter().map(|module| format!("{home}/{module}")).collect()
    }

    /// The same file, known to be a test from its first line to its last.
    pub fn only_tests(self) -> Self {
        Self { is_test: true, test_lines: self.lines, ..self }
    }
}

/// Blanks everything but line ends.
fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

/// The code with comments and insides of strings blanked, and the strings with the byte they begin at.
fn take_apart(text: &str) -> (String, Vec<(usize, String)>) {
    let mut code = text.as_bytes().to_vec();
    let (mut strings, mut at) = (Vec::new(), 0);
    while at < code.len() {
        let rest = &text[at..];
        let next = if rest.starts_with("//") {
            let end = at + rest.find('\n').unwrap_or(rest.len());
            blank(&mut code[at..end]);
            end
        } else if rest.starts_with("/*") {
            let end = at + block_comment_length(rest);
            blank(&mut code[at..end]);
            end
        } else if let Some((open, inside)) = string_shape(text, at) {
            let inner = at + open..at + open + inside;
            strings.push((at, text[inner.clone()].to_owned()));
            blank(&mut code[inner.clone()]);
            inner.end + 1
        } else if let Some(length) = char_length(rest) {
            blank(&mut code[at + 1..at + length - 1]);
            at + length
        } else {
            at + rest.chars().next().map_or(1, char::len_utf8)
        };
        at = next;
    }
    (String::from_utf8(code).expect("only whole characters are blanked"), strings)
}

/// Block comments nest.
fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let two = rest.as_bytes().get(at..at + 2).unwrap_or_default();
        match two {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// When a string begins at `at`: the length up to its first inner byte, and of its inside.
fn string_shape(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text[..at].chars().next_back().unwrap_or(' ');
    let rest = &text[at..];
    let prefix = rest.find(|c| c != 'b' && c != 'r' && c != 'c')?;
    if prefix > 2 || (prefix > 0 && (before.is_alphanumeric() || before == '_')) {
        return None;
    }
    let hashes = rest[prefix..].bytes().take_while(|byte| *byte == b'#').count();
    let open = prefix + hashes + 1;
    if rest.as_bytes().get(open - 1) != Some(&b'"') || (hashes > 0 && !rest[..prefix].contains('r')) {
        return None;
    }
    let inner = &rest[open..];
    if rest[..prefix].contains('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some((open, inner.find(&end)?));
    }
    let mut escaped = false;
    let end = inner.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    Some((open, end?))
}

/// The length of a character literal, quotes included; `None` for a lifetime.
fn char_length(rest: &str) -> Option<usize> {
    let mut letters = rest.strip_prefix('\'')?.char_indices();
    let (_, first) = letters.next()?;
    if first == '\\' {
        return Some(3 + rest.get(3..)?.find('\'')? + 1);
    }
    letters.next().filter(|(_, letter)| *letter == '\'').map(|(at, _)| at + 2)
}

/// Where `#[cfg(test)]` items stand, and the names of modules among them that live in files of their own.
fn test_items(code: &str) -> (Vec<Range<usize>>, Vec<String>) {
    let (mut ranges, mut names) = (Vec::new(), Vec::new());
    for (start, mark) in code.match_indices("#[cfg(test)]") {
        let item = &code[start + mark.len()..];
        let Some(stop) = item.find(['{', ';']) else {
            continue;
        };
        if item.as_bytes()[stop] == b';' {
            let words = item[..stop].split_whitespace().rev();
            names.extend(
                words.take(2).collect::<Vec<_>>().windows(2).filter(|two| two[1] == "mod").map(|two| two[0].to_owned()),
            );
            ranges.push(start..start + mark.len() + stop + 1);
        } else {
            let open = start + mark.len() + stop;
            ranges.push(start..open + braces_length(&code[open..]));
        }
    }
    (ranges, names)
}

/// From an opening brace to behind its partner.
pub fn braces_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// A reader that takes comments for code or loses a string's end would judge the wrong text.
#[test]
fn code_strings_and_tests_are_told_apart() {
    let text = r####"
// a "comment
/* one /* two */ still */ const A: &str = "SELECT \"x\" // no comment";
const B: &str = r#"raw "quoted" text"#; const C: char = '"'; const D: char = '\''; fn f<'a>(x: &'a str) {}
#[cfg(test)]
mod tests { const E: &str = "only a } test"; }
#[cfg(test)]
mod properties;
const F: &[u8] = b"last";
"####;
    let file = RustFile::new("crates/core/src/credit.rs", text);
    let strings: Vec<_> = file.product_strings.iter().map(|one| (one.line, one.text.as_str())).collect();
    assert_eq!(strings, [(3, r#"SELECT \"x\" // no comment"#), (4, r#"raw "quoted" text"#), (9, "last")]);
    assert_eq!(file.test_modules(), ["crates/core/src/credit/properties"]);
    assert!(file.product_code.contains("const F") && !file.product_code.contains("const E"));
    assert!(!file.code.contains("comment") && !file.code.contains("still") && file.code.contains("fn f<'a>"));
    assert_eq!((file.code.len(), file.test_lines), (text.len(), 4));
}
