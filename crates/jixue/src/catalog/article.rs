//! The text of an article as blocks: what its author may say in plain marks. The template writes the HTML and escapes
//! every word, so no text can bring tags of its own.
//!
//! Marks: a line `## Heading`; lines `- item` or `1. item` for lists; a line `![what it shows](file.svg)` for a picture
//! of the lesson; anything else is a paragraph, which an empty line ends.

/// A part of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Heading(String),
    Paragraph(String),
    Points(Vec<String>),
    Steps(Vec<String>),
    /// `name` is a file of the lesson.
    Picture {
        shows: String,
        name: String,
    },
}

/// Reads a text into blocks. Every line ends up in one: marks that are not understood are words.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            goes_on = false;
            continue;
        }
        match (read_line(line), blocks.last_mut()) {
            (Block::Points(item), Some(Block::Points(items))) if goes_on => items.extend(item),
            (Block::Steps(item), Some(Block::Steps(items))) if goes_on => items.extend(item),
            (Block::Paragraph(words), Some(Block::Paragraph(text))) if goes_on => join(text, &words),
            (block, _) => blocks.push(block),
        }
        goes_on = true;
    }
    blocks
}

fn read_line(line: &str) -> Block {
    if let Some(heading) = line.strip_prefix("## ") {
        return Block::Heading(heading.trim().to_owned());
    }
    if let Some(item) = line.strip_prefix("- ") {
        return Block::Points(vec![item.trim().to_owned()]);
    }
    if let Some(item) = step(line) {
        return Block::Steps(vec![item.trim().to_owned()]);
    }
    picture(line).unwrap_or_else(|| Block::Paragraph(line.to_owned()))
}

/// `12. words` → `words`.
fn step(line: &str) -> Option<&str> {
    let (number, words) = line.split_once(". ")?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(words)
}

fn picture(line: &str) -> Option<Block> {
    let (shows, rest) = line.strip_prefix("![")?.split_once("](")?;
    let name = rest.strip_suffix(')')?;
    Some(Block::Picture { shows: shows.to_owned(), name: name.to_owned() })
}

/// Lines of one paragraph: Latin words need a space between them, Chinese ones must not get one.
fn join(text: &mut String, words: &str) {
    let latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii());
    if latin(text.chars().next_back()) && latin(words.chars().next()) {
        text.push(' ');
    }
    text.push_str(words);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn marks_become_blocks() {
        let text = "第一段\n接着说。\n\n## 一、标题\n\n![图上是什么](a-1.svg)\n\n1. 先看\n2. 再做\n\n- 甲\n- 乙\nlast\nlines\n";
        let expected = vec![
            Block::Paragraph("第一段接着说。".to_owned()),
            Block::Heading("一、标题".to_owned()),
            Block::Picture { shows: "图上是什么".to_owned(), name: "a-1.svg".to_owned() },
            Block::Steps(texts(&["先看", "再做"])),
            Block::Points(texts(&["甲", "乙"])),
            Block::Paragraph("last lines".to_owned()),
        ];
        assert_eq!(blocks(text), expected);
    }

    #[test]
    fn an_empty_line_parts_what_looks_alike() {
        let expected = vec![Block::Points(texts(&["a"])), Block::Points(texts(&["b"]))];
        assert_eq!(blocks("- a\n\n- b"), expected);
        assert_eq!(blocks("\n\n"), []);
    }

    /// What is not understood stays readable; nothing is interpreted as HTML.
    #[test]
    fn other_marks_are_words() {
        for line in ["# a", "##a", "-a", "1.a", "1234. a", "![a](b", "<script>alert(1)</script>", "[a](javascript:b)"] {
            assert_eq!(blocks(line), [Block::Paragraph(line.to_owned())]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// An author's word that vanished would be missed by nobody but the reader.
        #[test]
        fn no_word_is_lost(text in "([#\\-!\\[\\]().0-9a-c数据 \n]{0,80})") {
            let words = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).collect::<String>();
            let shown: String = blocks(&text)
                .into_iter()
                .map(|block| match block {
                    Block::Heading(text) | Block::Paragraph(text) => text,
                    Block::Points(items) | Block::Steps(items) => items.concat(),
                    Block::Picture { shows, name } => shows + &name,
                })
                .collect();
            prop_assert_eq!(words(&shown), words(&text));
        }
    }
}
