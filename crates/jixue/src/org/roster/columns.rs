//! Which column of a sheet is which: headers as units write them.

use super::RosterFileRefusal;
use super::grid::{Grid, Layout};
use crate::i18n::Texts;
use crate::sheet::Sheet;
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::{Column, Phone, RawRosterRow};
use jixue_core::time::BusinessDate;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Columns of one sheet. Personnel systems export thirty; more is another sort of table.
pub(super) const COLUMNS_MAX: usize = 40;
/// The header stands within the first rows, below a title and perhaps a remark.
const HEADER_ROWS_MAX: usize = 12;

/// Headers of a column, the surest first: with `联系电话` and `手机号` in one table, the second is meant.
const fn headers(column: Column) -> &'static [&'static str] {
    match column {
        Column::Name => &[
            "姓名",
            "人员姓名",
            "学员姓名",
            "职工姓名",
            "教师姓名",
            "本人姓名",
            "真实姓名",
            "名字",
            "名称",
            "name",
            "fullname",
        ],
        Column::IdentityNumber => &[
            "身份证号",
            "公民身份号码",
            "身份证号码",
            "居民身份证号",
            "居民身份证号码",
            "身份证",
            "身份证件号码",
            "身份证件号",
            "有效证件号码",
            "证件号码",
            "证件号",
            "身份号码",
            "identitynumber",
            "identitycardnumber",
            "idnumber",
            "idcardnumber",
            "idcard",
            "idno",
        ],
        Column::Phone => &[
            "手机号",
            "手机号码",
            "手机",
            "移动电话",
            "本人手机号",
            "本人手机",
            "手机电话",
            "电话号码",
            "联系手机",
            "联系号码",
            "联系电话",
            "联系方式",
            "电话",
            "phone",
            "phonenumber",
            "mobile",
            "mobilenumber",
            "mobilephone",
        ],
        Column::Department => &[
            "科室",
            "部门",
            "所在科室",
            "所在部门",
            "科室部门",
            "部门科室",
            "工作部门",
            "内设机构",
            "处室",
            "教研组",
            "department",
            "dept",
        ],
        Column::TitleSeries => &["职称系列", "职称系列名称", "专业技术职务系列", "系列", "titleseries", "series"],
        Column::TitleLevel => &[
            "职称级别",
            "职称等级",
            "职称层级",
            "级别",
            "现职称",
            "职称",
            "职称名称",
            "专业技术职务",
            "专业技术资格",
            "专业技术职称",
            "现任专业技术职务",
            "titlelevel",
            "level",
            "title",
            "professionaltitle",
        ],
        Column::IdentityKind => {
            &["证件类型", "身份证件类型", "证件种类", "有效证件类型", "documenttype", "identitydocument", "idtype"]
        }
    }
}

/// The column's name on pages and in files.
pub(super) fn word(t: &Texts, column: Column) -> &'static str {
    match column {
        Column::Name => t.org_column_name(),
        Column::IdentityNumber => t.org_column_identity_number(),
        Column::Phone => t.org_column_phone(),
        Column::Department => t.org_column_department(),
        Column::TitleSeries => t.org_column_title_series(),
        Column::TitleLevel => t.org_column_title_level(),
        Column::IdentityKind => t.org_column_identity_kind(),
    }
}

/// Where each column stands in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Option<usize>>")]
pub(super) struct Places([Option<usize>; Column::ALL.len()]);

/// Layouts that an earlier version kept have fewer columns.
impl From<Vec<Option<usize>>> for Places {
    fn from(kept: Vec<Option<usize>>) -> Self {
        let mut places = Self::default();
        places.0.iter_mut().zip(kept).for_each(|(place, kept)| *place = kept);
        places
    }
}

impl Places {
    pub(super) fn of(&self, column: Column) -> Option<usize> {
        self.0[column as usize]
    }

    pub(super) fn set(&mut self, column: Column, place: Option<usize>) {
        self.0[column as usize] = place;
    }

    pub(super) fn found(&self) -> impl Iterator<Item = (Column, usize)> {
        Column::ALL.into_iter().filter_map(|column| Some((column, self.of(column)?)))
    }

    /// # Errors
    /// When a column that everybody needs has no place.
    pub(super) fn complete(&self) -> Result<(), RosterFileRefusal> {
        for (column, refusal) in [
            (Column::Name, RosterFileRefusal::NameColumnMissing),
            (Column::IdentityNumber, RosterFileRefusal::IdentityNumberColumnMissing),
            (Column::Phone, RosterFileRefusal::PhoneColumnMissing),
        ] {
            self.of(column).ok_or(refusal)?;
        }
        Ok(())
    }

    /// The cells of a row by their meaning.
    pub(super) fn row(&self, cells: &[String]) -> RawRosterRow {
        let cell = |column| self.of(column).and_then(|at| cells.get(at)).cloned().unwrap_or_default();
        RawRosterRow {
            name: cell(Column::Name),
            identity_number: cell(Column::IdentityNumber),
            phone: cell(Column::Phone),
            department: cell(Column::Department),
            title_series: cell(Column::TitleSeries),
            title_level: cell(Column::TitleLevel),
            identity_kind: cell(Column::IdentityKind),
        }
    }
}

/// A header as it was meant: without spaces, stars, remarks in brackets; lower case.
pub(crate) fn meant(cell: &str) -> String {
    let before_remark = cell.split(['(', '（', '[', '【', ':', '：']).next().unwrap_or_default();
    before_remark.chars().filter(|mark| mark.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Headers of a unit's own, as its clerk once said what they mean.
pub(super) type Remembered = HashMap<String, Column>;

fn places(cells: &[String], remembered: &Remembered) -> Places {
    let words: Vec<String> = cells.iter().map(|cell| meant(cell)).collect();
    let told = |column: Column| words.iter().position(|word| remembered.get(word) == Some(&column));
    let known = |column: Column| {
        let free = |word: &String, header: &str| word == header && !remembered.contains_key(word);
        headers(column).iter().find_map(|header| words.iter().position(|word| free(word, header)))
    };
    Places(Column::ALL.map(|column| told(column).or_else(|| known(column))))
}

/// The row among the first that names most columns, when one names two.
fn best_header<'a>(rows: impl Iterator<Item = &'a Vec<String>>, remembered: &Remembered) -> Option<Layout> {
    let rows = rows.take(HEADER_ROWS_MAX).enumerate();
    let named = rows.map(|(at, cells)| Layout { first: at + 1, places: places(cells, remembered) });
    let count = |layout: &Layout| layout.places.found().count();
    let named: Vec<Layout> = named.filter(|layout| count(layout) >= 2).collect();
    // The first of the best: a remark above may name a column too.
    named.into_iter().rev().max_by_key(count)
}

/// The header of a kept sheet, by words that somebody says besides the usual ones.
pub(super) fn find_in(grid: &Grid, told: &Remembered) -> Result<Layout, RosterFileRefusal> {
    let rows = grid.rows.iter().map(|(_, cells)| cells);
    let best = best_header(rows, told).ok_or(RosterFileRefusal::HeaderMissing)?;
    best.places.complete()?;
    Ok(best)
}

/// Finds the header: where people begin, and the places of the columns.
///
/// # Errors
/// When no row names two columns, or one that everybody needs is missing.
pub(super) fn find(sheet: &Sheet, remembered: &Remembered) -> Result<Layout, RosterFileRefusal> {
    let best =
        best_header(sheet.rows.iter().map(|row| &row.cells), remembered).ok_or(RosterFileRefusal::HeaderMissing)?;
    best.places.complete()?;
    fits(sheet)?;
    Ok(best)
}

/// # Errors
/// When the sheet is wider than any roster.
pub(super) fn fits(sheet: &Sheet) -> Result<(), RosterFileRefusal> {
    match sheet.columns_filled > COLUMNS_MAX {
        true => Err(RosterFileRefusal::TooManyColumns { columns: sheet.columns_filled, columns_max: COLUMNS_MAX }),
        false => Ok(()),
    }
}

/// Rows by whose cells a column is guessed.
const GUESSED_ROWS: usize = 20;

/// What the columns may be where the header does not say: numbers of identity cards and of phones are known by their
/// look. For somebody to correct.
pub(super) fn guess(grid: &Grid, remembered: &Remembered, today: BusinessDate) -> Layout {
    let areas = AreaPolicy::ANY.with_demo(true);
    let is_number = |cell: &String| IdentityNumber::parse(cell, today, areas).is_ok();
    let is_phone = |cell: &String| Phone::parse(cell).is_ok();
    let begins_with_people = grid.rows.first().is_some_and(|(_, cells)| cells.iter().any(is_number));
    let otherwise = Layout { first: usize::from(!begins_with_people), places: Places::default() };
    let mut layout = best_header(grid.rows.iter().map(|(_, cells)| cells), remembered).unwrap_or(otherwise);
    let people = || grid.rows.iter().skip(layout.first).take(GUESSED_ROWS);
    let looks = |is: &dyn Fn(&String) -> bool| {
        let count = |column: usize| people().filter(|(_, cells)| cells.get(column).is_some_and(is)).count();
        (0..grid.columns.min(COLUMNS_MAX)).rev().max_by_key(|column| count(*column)).filter(|best| count(*best) > 0)
    };
    let (number, phone) = (looks(&is_number), looks(&is_phone));
    for (column, guess) in [(Column::IdentityNumber, number), (Column::Phone, phone)] {
        let place = layout.places.of(column).or(guess);
        layout.places.set(column, place);
    }
    layout
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Row;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let row = |(cells, number): (&&[&str], u32)| Row {
            number,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        Sheet { rows: rows.iter().zip(1..).map(row).collect(), ..Sheet::default() }
    }

    fn identity(rows: &[&[&str]], cells: &[&str]) -> Result<String, RosterFileRefusal> {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        find(&sheet(rows), &Remembered::new()).map(|layout| layout.places.row(&cells).identity_number)
    }

    #[test]
    fn headers_are_known_however_units_write_them() {
        for head in [
            ["序号", "姓　名", "身份证号", "手机"],
            ["No.", "*姓名", "公民身份号码（18 位）", "联系电话"],
            ["", "Name", "Identity number", "Mobile Phone"],
            ["性别", "人员姓名", "证件号码", "手机号：必填"],
        ] {
            assert_eq!(identity(&[&head], &["1", "a", "b", "c"]).as_deref(), Ok("b"), "{head:?}");
        }
    }

    /// A title and a remark above the table must not be taken for its header.
    #[test]
    fn the_header_is_found_below_a_title() {
        let rows: [&[&str]; 4] = [
            &["某医院人员名册"],
            &["请按身份证填写姓名", "手机号"],
            &["姓名", "手机号", "身份证号", "科室"],
            &["姓名", "手机号", "身份证号", "科室"],
        ];
        assert_eq!(find(&sheet(&rows), &Remembered::new()).unwrap().first, 3);
    }

    #[test]
    fn the_surer_of_two_headers_is_taken() {
        let head = sheet(&[&["联系电话", "手机号", "姓名", "身份证号"]]);
        let places = find(&head, &Remembered::new()).unwrap().places;
        let cells = ["0735", "138", "a", "b"].map(str::to_owned);
        assert_eq!(places.row(&cells).phone, "138");
    }

    #[test]
    fn a_missing_column_is_called_by_its_name() {
        let refused = |head: &[&str]| find(&sheet(&[head]), &Remembered::new()).unwrap_err();
        assert_eq!(refused(&["姓名"]), RosterFileRefusal::HeaderMissing);
        assert_eq!(refused(&["手机", "身份证号"]), RosterFileRefusal::NameColumnMissing);
        assert_eq!(refused(&["姓名", "手机"]), RosterFileRefusal::IdentityNumberColumnMissing);
        assert_eq!(refused(&["姓名", "身份证"]), RosterFileRefusal::PhoneColumnMissing);
        let mut wide = sheet(&[&["姓名", "身份证", "手机"]]);
        wide.columns_filled = 41;
        let refusal = RosterFileRefusal::TooManyColumns { columns: 41, columns_max: 40 };
        assert_eq!(find(&wide, &Remembered::new()), Err(refusal));
    }

    /// What a clerk once said of a header outdoes what we think of it.
    #[test]
    fn a_units_own_headers_are_remembered() {
        let head = sheet(&[&["人员", "证照编号", "联系电话", "手机号"]]);
        let told = [("人员", Column::Name), ("证照编号", Column::IdentityNumber), ("联系电话", Column::Phone)];
        let remembered = told.map(|(header, column)| (header.to_owned(), column)).into();
        let places = find(&head, &remembered).unwrap().places;
        let found: Vec<_> = places.found().collect();
        assert_eq!(found, [(Column::Name, 0), (Column::IdentityNumber, 1), (Column::Phone, 2)]);
    }

    #[test]
    fn numbers_are_guessed_by_their_look() {
        let today = BusinessDate(20_261_123);
        let rows: [&[&str]; 2] =
            [&["1", "张三", "431099198501010012", "13800000001"], &["2", "李四", "431099199202290020", "13800000002"]];
        let layout = guess(&grid(&rows, 4), &Remembered::new(), today);
        assert_eq!(layout.first, 0, "no header");
        assert_eq!(layout.places.found().collect::<Vec<_>>(), [(Column::IdentityNumber, 2), (Column::Phone, 3)]);
        let none = guess(&grid(&[&["甲", "乙"], &["a", "b"]], 2), &Remembered::new(), today);
        assert_eq!((none.first, none.places.found().count()), (1, 0));
    }

    fn grid(rows: &[&[&str]], columns_filled: usize) -> Grid {
        Grid::of(Sheet { columns_filled, ..sheet(rows) }).unwrap()
    }
}
