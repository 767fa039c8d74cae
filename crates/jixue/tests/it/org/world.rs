//! A small city: a bureau, two counties, a unit in each with a clerk; rosters to send.

use crate::test_app::TestApp;
use jixue::db::Tx;
use jixue::identity::{Granting, NewAccount, give_grant, open_account};
use jixue::org::{NewUnit, Region, RootBureau, add_bureau, add_region, add_unit};
use jixue_core::id::UnitId;
use jixue_core::org::Phone;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::uscc::Uscc;
use rust_xlsxwriter::Workbook;

pub const CLERK_OF_FIRST: &str = "13900000011";
pub const CLERK_OF_SECOND: &str = "13900000022";

/// Two units in two counties.
pub struct City {
    pub first: UnitId,
    pub second: UnitId,
}

impl City {
    pub async fn found(test: &TestApp) -> Self {
        let at = test.at();
        let founded = test.db.write(async move |tx: &Tx<'_>| {
            let name = |code: &str, zh: &str, en: &str| Region {
                code: code.to_owned(),
                name_zh: zh.to_owned(),
                name_en: en.to_owned(),
            };
            for region in [
                name("431000", "郴州市", "Chenzhou"),
                name("431002", "北湖区", "Beihu"),
                name("431003", "苏仙区", "Suxian"),
            ] {
                add_region(tx, &region).await?;
            }
            let bureau = RootBureau {
                region_code: "431000".to_owned(),
                uscc: Uscc::parse("11431000MJX000069Q")?,
                name_zh: "郴州市人力资源和社会保障局".to_owned(),
                name_en: "Chenzhou Human Resources Bureau".to_owned(),
                certificate_prefix: "CZ".to_owned(),
            };
            add_bureau(tx, &bureau).await?;
            let mut units = Vec::new();
            for (uscc, unit, region, phone) in [
                ("12431021MJX000034G", "云溪医院", "431002", CLERK_OF_FIRST),
                ("91431081MJX0000423", "青山中学", "431003", CLERK_OF_SECOND),
            ] {
                let new = NewUnit {
                    uscc: Ok(Uscc::parse(uscc)?),
                    name: unit.to_owned(),
                    kind: "public".to_owned(),
                    region_code: region.to_owned(),
                    industry: "health".to_owned(),
                };
                let unit = add_unit(tx, &at, &new).await?;
                let clerk = NewAccount {
                    name: "文员".to_owned(),
                    phone: Some(Phone::parse(phone)?),
                    login: None,
                    password_hash: None,
                    learner: None,
                };
                let account = open_account(tx, &at, &clerk).await?;
                let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit }, until: None };
                give_grant(tx, &at, &Scope::system("test"), &granting).await?;
                units.push(unit);
            }
            Ok(Self { first: units[0], second: units[1] })
        });
        founded.await.expect("a city")
    }
}

/// What a clerk of a unit may see.
pub fn clerk(unit: UnitId) -> Scope {
    Scope::granted(jixue_core::id::AccountId::from_raw(7), Reach::Unit { unit })
}

/// The identity number of sample person `number`: area 431099, checked as GB 11643 asks.
pub fn identity_number(number: usize) -> String {
    let born = format!("19{:02}{:02}{:02}", 60 + number % 40, 1 + number % 12, 1 + number / 480 % 28);
    let digits = format!("431099{born}{:03}", number % 1_000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = digits.bytes().zip(weights).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{digits}{}", char::from(b"10X98765432"[sum % 11]))
}

/// A roster's row: name, identity number, phone, department, title series, title level.
pub type Row = [String; 6];

pub fn row(cells: [&str; 6]) -> Row {
    cells.map(str::to_owned)
}

/// The row of sample person `number`.
pub fn person(number: usize) -> Row {
    let surname = ["李", "王", "张", "刘", "欧阳"][number % 5];
    let given = ["晓岚", "文博", "靖", "建国"][number % 4];
    let phone = format!("138{number:08}");
    [format!("{surname}{given}"), identity_number(number), phone, "心血管内科".to_owned(), String::new(), String::new()]
}

pub const HEAD: [&str; 6] = ["姓名", "身份证号", "手机号", "科室", "职称系列", "职称级别"];

/// A roster as a clerk's spreadsheet has it.
pub fn roster(rows: &[Row]) -> Vec<u8> {
    roster_below(&HEAD, rows)
}

pub fn roster_below(head: &[&str], rows: &[Row]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (text, column) in head.iter().zip(0_u16..) {
        sheet.write_string(0, column, *text).expect("a header");
    }
    for (row, at) in rows.iter().zip(1_u32..) {
        for (text, column) in row.iter().zip(0_u16..) {
            sheet.write_string(at, column, text).expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

/// Three people below a header, a date and a merged department, as another program writes `.xls`.
pub const OLD_ROSTER: &[u8] = include_bytes!("samples/roster.xls");

/// The same rows as text with commas.
pub fn csv(rows: &[Row]) -> String {
    let head = HEAD.map(str::to_owned);
    std::iter::once(&head).chain(rows).map(|row| row.join(",") + "\r\n").collect()
}

/// How many facts of a kind are kept.
pub async fn facts(test: &TestApp, kind: &'static str) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM fact WHERE kind = $1";
    test.db.read(async move |tx: &Tx<'_>| tx.query_value(COUNT, jixue::db::values![kind]).await).await.expect("a count")
}

/// How many people a unit employs.
pub async fn people_of(test: &TestApp, unit: UnitId) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM employment WHERE unit_id = $1 AND ended_on IS NULL";
    test.db.read(async move |tx: &Tx<'_>| tx.query_value(COUNT, jixue::db::values![unit]).await).await.expect("a count")
}
