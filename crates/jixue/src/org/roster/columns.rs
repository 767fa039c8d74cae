//! Which column of a sheet is which: headers as units write them.

use super::RosterFileRefusal;
use crate::i18n::Texts;
use crate::sheet::Sheet;
use jixue_core::org::{Column, RawRosterRow};

/// Columns of one sheet. Personnel systems export thirty; more is another sort of table.
pub(super) const COLUMNS_MAX: usize = 40;
/// The header stands within the first rows, below a title and perhaps a remark.
const HEADER_ROWS_MAX: usize = 12;

/// Headers of a column, the surest first: with `联系电话` and `手机号` in one table, the second is meant.
const fn headers(column: Column) -> &'static [&'static str] {
    match column {
        Column::Name => &["姓名", "人员姓名", "学员姓名", "职工姓名", "名字", "name", "fullname"],
        Column::IdentityNumber => &[
            "身份证号",
            "公民身份号码",
            "身份证号码",
            "居民身份证号",
            "居民身份证号码",
            "身份证",
            "证件号码",
            "证件号",
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
            "联系电话",
            "联系方式",
            "电话",
            "phone",
            "phonenumber",
            "mobile",
            "mobilenumber",
            "mobilephone",
        ],
        Column::Department => {
            &["科室", "部门", "所在科室", "所在部门", "科室部门", "部门科室", "处室", "department", "dept"]
        }
        Column::TitleSeries => &["职称系列", "职称系列名称", "系列", "titleseries", "series"],
        Column::TitleLevel => &[
            "职称级别",
            "职称等级",
            "职称层级",
            "级别",
            "现职称",
            "职称",
            "职称名称",
            "专业技术职务",
            "titlelevel",
            "level",
            "title",
            "professionaltitle",
        ],
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
    }
}

/// Where each column stands in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Places([Option<usize>; Column::ALL.len()]);

impl Places {
    fn of(&self, column: Column) -> Option<usize> {
        let index = Column::ALL.iter().position(|each| *each == column)?;
        self.0[index]
    }

    fn found(&self) -> usize {
        self.0.iter().flatten().count()
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
        }
    }
}

/// A header as it was meant: without spaces, stars, remarks in brackets; lower case.
fn meant(cell: &str) -> String {
    let before_remark = cell.split(['(', '（', '[', '【', ':', '：']).next().unwrap_or_default();
    before_remark.chars().filter(|mark| mark.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn places(cells: &[String]) -> Places {
    let words: Vec<String> = cells.iter().map(|cell| meant(cell)).collect();
    let place = |column: Column| headers(column).iter().find_map(|header| words.iter().position(|word| word == header));
    Places(Column::ALL.map(place))
}

/// Finds the header: the number of its row among the sheet's filled rows, and the places of the columns.
///
/// # Errors
/// When no row names two columns, or one that everybody needs is missing.
pub(super) fn find(sheet: &Sheet) -> Result<(usize, Places), RosterFileRefusal> {
    let candidates = sheet.rows.iter().take(HEADER_ROWS_MAX).map(|row| places(&row.cells)).enumerate();
    // The first of the best: a remark above may name a column too.
    let best = candidates.filter(|(_, places)| places.found() >= 2).rev().max_by_key(|(_, places)| places.found());
    let (at, places) = best.ok_or(RosterFileRefusal::HeaderMissing)?;
    for (column, refusal) in [
        (Column::Name, RosterFileRefusal::NameColumnMissing),
        (Column::IdentityNumber, RosterFileRefusal::IdentityNumberColumnMissing),
        (Column::Phone, RosterFileRefusal::PhoneColumnMissing),
    ] {
        places.of(column).ok_or(refusal)?;
    }
    if sheet.columns_filled > COLUMNS_MAX {
        let columns = sheet.columns_filled;
        return Err(RosterFileRefusal::TooManyColumns { columns, columns_max: COLUMNS_MAX });
    }
    Ok((at, places))
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
        find(&sheet(rows)).map(|(_, places)| places.row(&cells).identity_number)
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
        assert_eq!(find(&sheet(&rows)).unwrap().0, 2);
    }

    #[test]
    fn the_surer_of_two_headers_is_taken() {
        let (_, places) = find(&sheet(&[&["联系电话", "手机号", "姓名", "身份证号"]])).unwrap();
        let cells = ["0735", "138", "a", "b"].map(str::to_owned);
        assert_eq!(places.row(&cells).phone, "138");
    }

    #[test]
    fn a_missing_column_is_called_by_its_name() {
        let refused = |head: &[&str]| find(&sheet(&[head])).unwrap_err();
        assert_eq!(refused(&["姓名"]), RosterFileRefusal::HeaderMissing);
        assert_eq!(refused(&["手机", "身份证号"]), RosterFileRefusal::NameColumnMissing);
        assert_eq!(refused(&["姓名", "手机"]), RosterFileRefusal::IdentityNumberColumnMissing);
        assert_eq!(refused(&["姓名", "身份证"]), RosterFileRefusal::PhoneColumnMissing);
        let mut wide = sheet(&[&["姓名", "身份证", "手机"]]);
        wide.columns_filled = 41;
        let refusal = RosterFileRefusal::TooManyColumns { columns: 41, columns_max: 40 };
        assert_eq!(find(&wide), Err(refusal));
    }
}
