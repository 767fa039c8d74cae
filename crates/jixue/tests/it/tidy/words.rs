//! The punctuation of Chinese text.

use super::nothing_found;
use super::tree::files;

fn is_han(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

/// Lines with an ASCII `,;:?!` between two Han characters.
fn half_width_lines(text: &str) -> Vec<(usize, String)> {
    let stumbles = |line: &str| {
        let letters: Vec<char> = line.chars().collect();
        letters.windows(3).any(|three| is_han(three[0]) && ",;:?!".contains(three[1]) && is_han(three[2]))
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| stumbles(line))
        .map(|(at, line)| (at + 1, line.trim().to_owned()))
        .collect()
}

/// Half-width marks between Chinese words look like a machine's translation; people stop trusting the page.
#[test]
fn chinese_text_has_full_width_punctuation() {
    let texts = files("", &[".html", ".toml", ".md", ".json", ".ftl", ".txt", ".js", ".sql", ".rs"]);
    let faults: Vec<String> = texts
        .iter()
        .flat_map(|file| {
            half_width_lines(&file.text).into_iter().map(|(line, text)| format!("{}:{line} {text}", file.path))
        })
        .collect();
    nothing_found("ASCII punctuation between Han characters", &faults);
}

/// The check must know the difference.
#[test]
fn planted_punctuation_is_found() {
    let bad = format!("继学{}你好\n好。", ',');
    assert_eq!(half_width_lines(&bad).len(), 1);
    assert_eq!(half_width_lines("继学，你好：WeChat, 支付; 完成").len(), 0);
}
