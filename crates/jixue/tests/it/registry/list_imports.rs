//! Lists of units and of employments on the officers' pages: looked at first, brought in afterwards, each row answered.

use crate::credit::office::{Office, Officer, form, in_offices, list_below};
use crate::org::{identity_number, person};
use jixue::sheet::{Bounds, read};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const UNITS: &str = "/bureau/unit-imports";
pub const EMPLOYMENTS: &str = "/bureau/employment-imports";
pub const UNIT_HEAD: [&str; 7] =
    ["序号", "单位名称", "统一社会信用代码", "没有代码的原因", "区县", "行业系统", "单位性质"];
pub const WORK_HEAD: [&str; 7] = ["姓名", "身份证号", "单位", "科室", "开始日期", "结束日期", "备注"];
const COUNT_UNITS: &str = "SELECT COUNT(*) FROM employer_unit";
const COUNT_ROWS: &str = "SELECT COUNT(*) FROM list_import_row";

pub fn unit(number: &str, name: &str, county: &str) -> [String; 7] {
    [number, name, "", "内设机构", county, "卫生", ""].map(str::to_owned)
}

/// Sends a list; the address of its page, or the code of the refusal.
pub async fn send(officer: &Officer<'_>, path: &str, bytes: &[u8]) -> (u16, String) {
    let body = form(&officer.csrf, "", Some(("名单.xlsx", XLSX, bytes)));
    let request = officer.client.post(officer.office.url(path));
    officer.told(request.header("content-type", "multipart/form-data; boundary=line").body(body)).await
}

pub async fn sent(officer: &Officer<'_>, path: &str, bytes: &[u8]) -> String {
    let (status, to) = send(officer, path, bytes).await;
    assert_eq!(status, 303, "{to}");
    to
}

pub async fn apply(officer: &Officer<'_>, list: &str) -> (u16, String) {
    let address = officer.office.url(&format!("{list}/application"));
    officer.told(officer.client.post(address).form(&[("csrf", &officer.csrf)])).await
}

/// The number of a list, from its address.
pub fn id_of(list: &str) -> i64 {
    list.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id")
}

/// Sample person `number` at a unit since a day, or until one.
pub fn work(number: usize, unit: &str, from: &str, until: &str) -> [String; 7] {
    let [name, ..] = person(number);
    let identity = identity_number(number);
    [&name, &identity, unit, "内科", from, until, ""].map(str::to_owned)
}

/// New, known, refused, imported.
pub async fn counts(office: &Office, list: &str) -> [i64; 4] {
    const COUNTS: &str =
        "SELECT rows_new, rows_known, rows_refused, rows_imported FROM list_import WHERE import_id = $1";
    let id = id_of(list);
    let read = async move |tx: &jixue::db::Tx<'_>| {
        tx.query_one(COUNTS, jixue::db::values![id], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))
            .await
    };
    office.db.read(read).await.expect("a list")
}

/// An officer who sends a list twice must not register a unit twice, nor write anything before having seen the answers.
#[tokio::test]
async fn a_list_of_units_is_looked_at_first_and_the_same_file_again_changes_nothing() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let rows = [unit("1", "白露医院", "北湖区"), unit("2", "青禾医院", "苏仙区"), unit("3", "=1+1", "火星区")];
        let bytes = list_below(&UNIT_HEAD, &rows);
        let before = office.count(COUNT_UNITS).await;
        let list = sent(&county, UNITS, &bytes).await;
        assert_eq!(counts(office, &list).await, [1, 0, 2, 0]);
        assert_eq!(office.count(COUNT_UNITS).await, before, "looking writes nothing");
        let (_, page) = county.get(&list).await;
        assert!(page.contains("白露医院") && page.contains("火星区") && page.contains("青禾医院"), "{page}");

        let again = sent(&county, UNITS, &bytes).await;
        assert_ne!(again, list, "what nobody brought in is judged anew");
        assert_eq!(county.get(&list).await.0, 404, "and takes its place");
        assert_eq!(office.count(COUNT_ROWS).await, 3);

        assert_eq!(apply(&county, &again).await, (303, format!("{again}?done=list_applied")));
        assert_eq!(counts(office, &again).await, [0, 0, 2, 1]);
        assert_eq!(office.count(COUNT_UNITS).await, before + 1);
        assert_eq!(apply(&county, &again).await.0, 303, "asked again, it is done already");

        let third = sent(&county, UNITS, &bytes).await;
        assert_eq!(counts(office, &third).await, [0, 1, 2, 0], "the same file again has nothing new");
        apply(&county, &third).await;
        assert_eq!(office.count(COUNT_UNITS).await, before + 1);
    })
    .await;
}

/// The rows to mend come back as a file that is no danger to whoever opens it, and that is read again as it is.
#[tokio::test]
async fn refused_rows_come_as_a_file_that_can_be_sent_again() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let bytes = list_below(&UNIT_HEAD, &[unit("1", "=cmd|' /C calc'!A0", "火星区"), unit("2", "白露医院", "")]);
        let list = sent(&county, UNITS, &bytes).await;
        let answer = county.client.get(office.url(&format!("{list}/error-rows"))).send().await.unwrap();
        let file = answer.bytes().await.unwrap();
        let bounds = Bounds { rows_max: 100, columns_max: 20, characters_max: 200 };
        let sheet = read(&file, bounds).unwrap().remove(0);
        let texts: Vec<&str> = sheet.rows.iter().flat_map(|row| row.cells.iter().map(String::as_str)).collect();
        assert!(texts.iter().any(|text| text.contains("火星区")), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("=cmd")), "our own apostrophe is not shown: {texts:?}");
        assert!(archive_holds_no_formula(&file), "no cell is a formula");
        let repeated = sent(&county, UNITS, &file).await;
        assert_eq!(counts(office, &repeated).await, [0, 0, 2, 0], "the file is read by its own header");
    })
    .await;
}

fn archive_holds_no_formula(file: &[u8]) -> bool {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("an archive");
    let mut text = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").expect("a sheet").read_to_string(&mut text).expect("a text");
    !text.contains("<f>")
}

/// A county must learn nothing of another's units, nor take people from there, nor see its lists.
#[tokio::test]
async fn a_list_reaches_no_further_than_the_officer() {
    in_offices(async |office| {
        let today = office.today();
        let row = |number: usize, unit: &str| {
            let name = person(number)[0].clone();
            let cells = [name, identity_number(number), unit.to_owned(), "内科".to_owned(), today.clone()];
            let [name, identity, unit, department, day] = cells;
            [name, identity, unit, department, day, String::new(), String::new()]
        };
        let bytes = list_below(&WORK_HEAD, &[row(1, "青山中学"), row(1, "不存在的单位"), row(3, "云溪医院")]);
        let (county, other) = (office.officer("431002").await, office.officer("431021").await);
        let city = office.officer("431000").await;
        let near = sent(&county, EMPLOYMENTS, &bytes).await;
        let (_, page) = county.get(&near).await;
        let words = page.matches("或者它不在管辖范围内").count();
        let far = sent(&other, EMPLOYMENTS, &bytes).await;
        let (_, other_page) = other.get(&far).await;
        let other_words = other_page.matches("或者它不在管辖范围内").count();
        assert!(words >= 2 || other_words >= 2, "one of the units lies beyond each: {page} {other_page}");
        assert!(!page.contains(&identity_number(1)) && !other_page.contains(&identity_number(1)), "numbers are hidden");
        for (who, list, status) in [(&county, &far, 404), (&other, &near, 404), (&city, &near, 200), (&city, &far, 200)]
        {
            assert_eq!(who.get(list).await.0, status, "{list}");
            assert_eq!(who.get(&format!("{list}/error-rows")).await.0, status);
            assert_eq!(who.get(&format!("{list}/progress")).await.0, status);
        }
        assert_eq!(apply(&county, &far).await, (404, "request.not_found".to_owned()));
        let employed = "SELECT COUNT(*) FROM employment WHERE ended_on IS NULL";
        let before = office.count(employed).await;
        assert_eq!(apply(&county, &near).await.0, 303);
        assert_eq!(office.count(employed).await, before, "nobody is taken from beyond");
        let whole = sent(&city, EMPLOYMENTS, &bytes).await;
        assert_eq!(counts(office, &whole).await, [1, 1, 1, 0]);
        apply(&city, &whole).await;
        assert_eq!(counts(office, &whole).await, [0, 1, 1, 1]);
        let again = sent(&city, EMPLOYMENTS, &bytes).await;
        assert_eq!(counts(office, &again).await, [0, 2, 1, 0], "the same file again changes nothing");
    })
    .await;
}

/// A long list comes in by itself, within the reach of whoever asked; what a lost process left is taken up again; and after a
/// week nothing is left of what stood in it.
#[tokio::test]
async fn a_long_list_goes_on_by_itself_and_is_forgotten_after_a_week() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let rows: Vec<[String; 7]> = (0..450).map(|at| unit("1", &name(at), "北湖区")).collect();
        let before = office.count(COUNT_UNITS).await;
        let list = sent(&county, UNITS, &list_below(&UNIT_HEAD, &rows)).await;
        assert_eq!(apply(&county, &list).await, (303, list.clone()));
        let (_, told) = county.get(&format!("{list}/progress")).await;
        assert!(told.contains("\"is_under_way\":"), "{told}");
        let id = list.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
        for _ in 0..4 {
            jixue::org::lists::go_on(office, jixue_core::id::ImportId::from_raw(id)).await.unwrap();
        }
        office.test.settle().await;
        assert_eq!(counts(office, &list).await, [0, 0, 0, 450]);
        assert_eq!(office.count(COUNT_UNITS).await, before + 450);

        jixue::org::lists::forget(office).await.unwrap();
        assert_eq!(office.count(COUNT_ROWS).await, 450, "a list of today is kept");
        office.test.clock.advance_ms(8 * 24 * 3_600_000);
        jixue::org::lists::forget(office).await.unwrap();
        assert_eq!(office.count(COUNT_ROWS).await, 0);
    })
    .await;
}

/// A name that is one: no two alike.
pub fn name(at: usize) -> String {
    let word = |number: usize| ["东", "南", "西", "北", "中", "上", "下", "前", "后", "新"][number % 10];
    format!("{}{}{}村卫生室", word(at / 100), word(at / 10), word(at))
}

#[tokio::test]
async fn a_file_that_is_no_such_list_is_refused_beside_the_form() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let narrow = b"a,b\n1,2\n";
        assert_eq!(send(&county, UNITS, narrow).await, (422, "list.column_missing".to_owned()));
        let body = form(&county.csrf, "", Some(("a.xlsx", XLSX, narrow.as_slice())));
        let plain = county.client.post(office.url(EMPLOYMENTS));
        let plain = plain.header("content-type", "multipart/form-data; boundary=line").header("accept", "text/html");
        let answer = plain.body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 422);
        let page = answer.text().await.unwrap();
        assert!(page.contains("没有找到“姓名”这一列") && page.contains("<form"), "{page}");
        assert_eq!(office.count("SELECT COUNT(*) FROM list_import").await, 0);
    })
    .await;
}
