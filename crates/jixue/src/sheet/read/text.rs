//! `.csv` and text with tabs: any of the encodings and separators that spreadsheets and personnel systems write.

use super::super::SheetRefusal;
use super::{Bounds, CELLS_MAX, Row, Sheet, kept};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, GB18030};
use std::borrow::Cow;

const SEPARATORS: [char; 3] = [',', ';', '\t'];
/// Lines by which the separator is judged.
const JUDGED_LINES: usize = 12;
/// The mark that old programs set at the end of a text.
const END_OF_TEXT: u8 = 0x1a;
/// How texts begin that are no tables: web pages, which some systems call .xls, documents, letters.
const OTHER_FORMATS: [&str; 3] = ["<", "%PDF", "{\\rtf"];

pub(super) fn read(bytes: &[u8], bounds: Bounds) -> Result<Vec<Sheet>, SheetRefusal> {
    let text = decoded(bytes)?;
    // One way to end a line, so that lines can be counted.
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(vec![rows(&text, bounds)?])
}

/// The text: by its byte order mark, else UTF-8, else GBK and its successor GB18030.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, SheetRefusal> {
    let bytes = bytes.strip_suffix(&[END_OF_TEXT]).unwrap_or(bytes);
    let (text, is_damaged) = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, length)), _) => encoding.decode_without_bom_handling(&bytes[length..]),
        (None, Ok(text)) => (Cow::Borrowed(text), false),
        (None, Err(_)) if is_mostly_utf8(bytes) => return Err(SheetRefusal::Damaged),
        (None, Err(_)) => GB18030.decode_without_bom_handling(bytes),
    };
    let is_no_text = |mark: char| mark.is_control() && !matches!(mark, '\t' | '\n' | '\r' | '\x0b');
    let head = text.trim_start();
    if head.is_empty() || text.contains(is_no_text) || OTHER_FORMATS.iter().any(|other| head.starts_with(other)) {
        return Err(SheetRefusal::UnknownFormat);
    }
    if is_damaged { Err(SheetRefusal::Damaged) } else { Ok(text) }
}

/// Whether broken bytes stand among more characters beyond ASCII that are well made: UTF-8 that was bent or cut. In GBK
/// hardly two bytes happen to be a character of UTF-8.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|mark| !mark.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > broken
}

/// The separator that stands most often in the first lines; Excel's own `sep=;` says it.
fn separator(text: &str) -> char {
    let said = text.strip_prefix("sep=").and_then(|rest| rest.chars().next());
    if let Some(said) = said.filter(|said| SEPARATORS.contains(said)) {
        return said;
    }
    let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(JUDGED_LINES);
    let count = |separator: char| lines().map(|line| line.matches(separator).count()).sum::<usize>();
    // Of equals the first: a comma.
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

fn rows(text: &str, bounds: Bounds) -> Result<Sheet, SheetRefusal> {
    let separator = separator(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = StringRecord::new();
    // Line ends within quotes: a spreadsheet's margin counts such lines once.
    let mut inner_lines = 0;
    let mut cells_left = CELLS_MAX;
    while reader.read_record(&mut record).map_err(|_| SheetRefusal::Damaged)? {
        inner_lines += record.as_slice().bytes().filter(|byte| *byte == b'\n').count() as u64;
        let line = reader.position().line().saturating_sub(1);
        let number = u32::try_from(line.saturating_sub(inner_lines)).map_err(|_| SheetRefusal::TooMuchInside)?;
        // Rows of nothing but separators are looked at too.
        cells_left = cells_left.checked_sub(record.len()).ok_or(SheetRefusal::TooManyRows { row: number })?;
        if number == 1 && record.get(0).is_some_and(|cell| cell.starts_with("sep=")) {
            continue;
        }
        let mut row = Row { number, cells: Vec::new() };
        for (column, cell) in record.iter().enumerate() {
            sheet.put(&mut row, column, kept(shown(cell), bounds.characters_max), bounds);
        }
        sheet.take_in(row, bounds);
        // The rest would only be counted, and nobody takes in a part of such a list.
        if sheet.rows_filled > bounds.rows_max {
            return Err(SheetRefusal::TooManyRows { row: number });
        }
    }
    Ok(sheet)
}

/// `="431099198501010012"`, by which careful exports keep a number from being read as one, shows its digits only.
fn shown(cell: &str) -> &str {
    let inner = cell.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(cell)
}

#[cfg(test)]
mod tests;
