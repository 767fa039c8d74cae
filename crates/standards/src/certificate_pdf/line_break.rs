//! Where a line of Chinese, Latin or both may end.

use std::ops::Range;

use super::fonts::SetGlyph;
use super::text_block::Setting;

/// Characters that may not begin a line (GB/T 15834-2011, 5.1): closing marks and points.
const NOT_FIRST: &str = "，。、；：？！）》〉」』】〕”’…—～％℃·,.;:?!)]}%";
/// Characters that may not end a line: opening marks.
const NOT_LAST: &str = "（《〈「『【〔“‘([{";

/// Ranges of glyphs that make a line each. Spaces at a break belong to no line.
pub(super) fn break_lines(glyphs: &[SetGlyph<'_>], setting: &Setting) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < glyphs.len() {
        let indent = if lines.is_empty() { setting.indent_em } else { 0.0 };
        // A hair more than the width, so that a text measured to fit does fit again.
        let room_em = setting.width / setting.size - indent + 0.001;
        let end = line_end(glyphs, start, room_em, setting.spacing_em);
        let spaces = glyphs[start..end].iter().rev().take_while(|glyph| glyph.character == ' ').count();
        lines.push(start..end - spaces);
        start = end + glyphs[end..].iter().take_while(|glyph| glyph.character == ' ').count();
    }
    lines
}

/// As few lines as the width allows, of about the same length: a title must not end with one character alone.
pub(super) fn break_balanced(glyphs: &[SetGlyph<'_>], setting: &Setting) -> Vec<Range<usize>> {
    let mut lines = break_lines(glyphs, setting);
    let mut width = setting.width - setting.size / 2.0;
    while lines.len() > 1 && width > setting.size {
        let narrower = break_lines(glyphs, &Setting { width, ..*setting });
        if narrower.len() > lines.len() {
            break;
        }
        lines = narrower;
        width -= setting.size / 2.0;
    }
    lines
}

/// Where the line that begins at `start` ends: at the last allowed break within the room, or, when a word is longer
/// than the line, just where the room ends.
fn line_end(glyphs: &[SetGlyph<'_>], start: usize, room_em: f32, spacing_em: f32) -> usize {
    let mut used = 0.0;
    let mut allowed = start;
    for at in start..glyphs.len() {
        used += glyphs[at].advance_em;
        if used > room_em && glyphs[at].character != ' ' {
            return if allowed > start { allowed } else { at.max(start + 1) };
        }
        used += spacing_em;
        if at + 1 < glyphs.len() && may_break(glyphs[at].character, glyphs[at + 1].character) {
            allowed = at + 1;
        }
    }
    glyphs.len()
}

/// Whether a line may end between two characters.
fn may_break(before: char, after: char) -> bool {
    let in_word = |character: char| character.is_ascii_graphic() || ('\u{C0}'..='\u{FF}').contains(&character);
    let pair = (before == '…' && after == '…') || (before == '—' && after == '—');
    // An address may break behind its separators.
    let word = in_word(before) && in_word(after) && !matches!(before, '-' | '/' | '?' | '&' | '=');
    !(pair || word || after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before))
}
