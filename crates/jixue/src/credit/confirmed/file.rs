//! From the bytes of a list to checked lines. Pure computing, beside the requests of others.

use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::keys::Keys;
use crate::org::roster::{Grid, meant};
use crate::org::{self, Laid, Sought};
use crate::sheet::{self, Bounds};
use crate::web::page::encode;
use jixue_core::credit::{HourMeasure, Hours};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::PersonName;
use jixue_core::refusal::{Kind, Refusal};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::BusinessDate;

/// The columns of a list, with the headers that name them.
const HEADERS: [(&str, &[&str]); 7] = [
    ("name", &["姓名", "name", "学员姓名", "人员姓名", "参训人员", "学员"]),
    (
        "identity",
        &[
            "身份证号",
            "identitynumber",
            "身份证号码",
            "公民身份号码",
            "证件号码",
            "证件号",
            "身份证",
            "身份号码",
            "居民身份证号码",
        ],
    ),
    ("subject", &["科目", "subject", "科目类别", "科目类型", "学时类别", "学时类型", "课程类别", "课程类型", "类别"]),
    ("hours", &["学时", "hours", "学时数", "认定学时", "折算学时", "培训学时", "获得学时", "学时合计"]),
    (
        "title",
        &[
            "内容",
            "title",
            "培训内容",
            "课程名称",
            "项目名称",
            "培训项目",
            "培训名称",
            "学习内容",
            "培训班名称",
            "课程",
        ],
    ),
    (
        "provider",
        &[
            "培训机构",
            "provider",
            "施教机构",
            "举办单位",
            "主办单位",
            "培训单位",
            "承办单位",
            "组织单位",
            "继续教育基地",
        ],
    ),
    ("date", &["日期", "date", "完成日期", "结束日期", "培训日期", "结业日期", "完成时间", "结束时间", "培训时间"]),
];

/// Columns by which a row is taken for a header that lacks some.
const HEADER_COLUMNS_MIN: usize = 4;

/// Hours of one line: more than ten times what a year asks for is a slip of the hand.
const HOURS_BELOW: Hours = Hours(100_000);

/// A line read and checked as far as the file goes; whose it is, the database says.
#[derive(Debug, Clone)]
pub struct Checked {
    pub number: i64,
    pub name: String,
    pub identity_masked: String,
    pub identity_index: Option<Vec<u8>>,
    pub sealed: Vec<u8>,
    pub subject: Subject,
    pub seconds: StudySeconds,
    pub title: String,
    pub provider: String,
    pub happened_on: BusinessDate,
    /// Codes of what is wrong.
    pub refusals: Vec<String>,
}

/// What decides whether a line is good, besides the line.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub measure: HourMeasure,
    pub today: BusinessDate,
    pub demo: bool,
}

/// A file as far as its bytes say.
pub struct Read {
    pub grid: Grid,
    pub laid: Laid,
}

/// Reads a list: the sheet whose header names most columns, and where each of them stands. Blocks.
pub fn read(bytes: &[u8]) -> Result<Read> {
    let bounds = Bounds { rows_max: super::LINES_MAX + 16, columns_max: 40, characters_max: 200 };
    let mut best: Option<(usize, Read)> = None;
    for sheet in sheet::read(bytes, bounds)? {
        let is_cut = sheet.rows_filled > sheet.rows.len();
        let grid = Grid::of(sheet)?;
        let laid = guess(&grid);
        let count = laid.places.iter().flatten().count();
        if is_cut && count >= HEADER_COLUMNS_MIN {
            return Err(too_many());
        }
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, Read { grid, laid }));
        }
    }
    best.map(|(_, read)| read).ok_or_else(header_missing)
}

fn header_missing() -> Error {
    Refused::new("confirmed.header_missing", Kind::Invalid).into()
}

fn too_many() -> Error {
    Refused::new("confirmed.too_many", Kind::TooLarge).with("most", super::LINES_MAX).into()
}

/// Whether a sheet has enough columns and rows to be a list, whatever they are called.
pub fn could_be(grid: &Grid) -> bool {
    grid.rows.len() > 1 && grid.columns >= HEADERS.len()
}

/// # Errors
/// `confirmed.column_missing` for the first column without a place, `confirmed.header_missing` when most have none.
pub fn complete(laid: &Laid) -> Result<[usize; HEADERS.len()]> {
    if laid.places.iter().flatten().count() < HEADER_COLUMNS_MIN {
        return Err(header_missing());
    }
    let mut places = [0; HEADERS.len()];
    for ((place, found), (_, names)) in places.iter_mut().zip(&laid.places).zip(HEADERS) {
        let missing = || Refused::new("confirmed.column_missing", Kind::Invalid).with("column", names[0]);
        *place = found.ok_or_else(missing)?;
    }
    Ok(places)
}

/// Checks the rows below the header. Blocks.
pub fn check(grid: &Grid, laid: &Laid, keys: &Keys, rules: Rules) -> Result<Vec<Checked>> {
    let places = complete(laid)?;
    if grid.rows.len() > super::LINES_MAX + laid.first {
        return Err(too_many());
    }
    let below = grid.rows.iter().skip(laid.first);
    let filled = below.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    let lines: Vec<Checked> = filled
        .map(|(number, cells)| {
            let cell = |place: usize| cells.get(places[place]).map_or("", |cell| cell.trim());
            line(i64::from(*number), cell, keys, rules)
        })
        .collect();
    match lines.is_empty() {
        true => Err(Refused::new("confirmed.nobody", Kind::Invalid).into()),
        false => Ok(lines),
    }
}

/// The row among the first that names most columns, and where each of them stands.
pub fn guess(grid: &Grid) -> Laid {
    let rows = grid.rows.iter().take(12).enumerate().map(|(at, (_, cells))| {
        let cells: Vec<String> = cells.iter().map(|cell| meant(cell)).collect();
        let place = |names: &[&str]| names.iter().find_map(|name| cells.iter().position(|cell| cell == name));
        Laid { first: at + 1, places: HEADERS.iter().map(|(_, names)| place(names)).collect() }
    });
    let laid: Vec<Laid> = rows.collect();
    let best = laid.into_iter().rev().max_by_key(|laid| laid.places.iter().flatten().count());
    best.filter(|laid| laid.places.iter().any(Option::is_some))
        .unwrap_or_else(|| Laid { first: 1, places: vec![None; HEADERS.len()] })
}

/// The columns of a list, as a form asks for them.
pub fn sought(t: &Texts) -> Vec<Sought> {
    let labels = [
        t.confirmed_name(),
        t.confirmed_identity(),
        t.confirmed_subject(),
        t.confirmed_hours(),
        t.confirmed_content(),
        t.confirmed_provider(),
        t.confirmed_date(),
    ];
    let one = |((name, _), label): ((&'static str, _), &'static str)| Sought { name, label, is_needed: true };
    HEADERS.into_iter().zip(labels).map(one).collect()
}

fn line<'a>(
    number: i64,
    cell: impl Fn(usize) -> &'a str,
    keys: &Keys,
    Rules { measure, today, demo }: Rules,
) -> Checked {
    let mut refusals = Vec::new();
    let mut refuse = |code: &str| refusals.push(code.to_owned());
    let identity = IdentityNumber::parse_any(cell(1), today, AreaPolicy::ANY.with_demo(demo))
        .map_err(|refusal| refuse(&with_arguments(&refusal)))
        .ok();
    let subject = subject(cell(2)).unwrap_or_else(|| {
        refuse("confirmed.subject_unknown");
        Subject::Professional
    });
    let hours = hundredths(cell(3)).filter(|hours| (1..HOURS_BELOW.0).contains(&hours.0)).unwrap_or_else(|| {
        refuse("confirmed.hours_unreadable");
        Hours(0)
    });
    let happened_on = date(cell(6)).filter(|date| *date <= today).unwrap_or_else(|| {
        refuse("confirmed.date_unreadable");
        today
    });
    if cell(4).is_empty() {
        refuse("confirmed.title_missing");
    }
    Checked {
        number,
        name: PersonName::parse(cell(0)).map_or_else(|_| cell(0).to_owned(), |name| name.as_str().to_owned()),
        identity_masked: identity.as_ref().map(ToString::to_string).unwrap_or_default(),
        identity_index: identity.as_ref().map(|identity| org::identity_index(keys, identity)),
        sealed: keys.seal("confirmed line", cell(1).as_bytes()),
        subject,
        seconds: measure.seconds(hours),
        title: cell(4).to_owned(),
        provider: cell(5).to_owned(),
        happened_on,
        refusals,
    }
}

/// A code with its values, as a line keeps it: `identity_number.wrong_length?length=15`.
fn with_arguments(refusal: &dyn Refusal) -> String {
    let values: Vec<String> =
        refusal.arguments().iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if values.is_empty() { refusal.code().to_owned() } else { format!("{}?{}", refusal.code(), values.join("&")) }
}

fn subject(text: &str) -> Option<Subject> {
    match text {
        "公需" | "公需科目" | "public" => Some(Subject::Public),
        "专业" | "专业科目" | "professional" => Some(Subject::Professional),
        _ => None,
    }
}

/// `60`, `58.5`, `58.25` as hundredths of an hour.
fn hundredths(text: &str) -> Option<Hours> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    Some(Hours(whole.parse::<i64>().ok()? * 100 + format!("{part:0<2}").parse::<i64>().ok()?))
}

/// `2026-11-03`, `2026/11/3`, `2026.11.3`, `2026年11月3日`, `20261103`.
fn date(text: &str) -> Option<BusinessDate> {
    let parts: Vec<&str> = text.split(|mark: char| !mark.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<i64>().ok();
    match parts[..] {
        [day] if day.len() == 8 => {
            let day = number(day)?;
            BusinessDate::new(day / 10_000, day / 100 % 100, day % 100)
        }
        [year, month, day, ..] => BusinessDate::new(number(year)?, number(month)?, number(day)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for text in ["2026-11-03", "2026/11/3", "2026.11.3", "2026年11月3日", "20261103", "2026-11-03 00:00:00"] {
            assert_eq!(date(text), BusinessDate::new(2026, 11, 3), "{text}");
        }
        for text in ["", "11-03", "2026-13-01", "2026-02-30", "soon"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn hours_are_exact() {
        assert_eq!(hundredths("60"), Some(Hours(6_000)));
        assert_eq!(hundredths("58.5"), Some(Hours(5_850)));
        for text in ["", ".5", "58.555", "-1", "1e2", "六十"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }
}
