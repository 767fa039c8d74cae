//! Lists of units and of employments, and rosters whose columns somebody explains.

use super::merging::first;
use crate::credit::office::{Office, in_offices, list_below};
use crate::org::{identity_number, person, roster_below};
use jixue::org::lists::{Outcome, import_employments, import_units};
use jixue::org::roster::import_roster_named;
use jixue_core::id::AccountId;
use jixue_core::org::Column;
use jixue_core::scope::{Reach, Scope};

fn county(code: &str) -> Scope {
    Scope::granted(AccountId::from_raw(7), Reach::Region { region_code: code.to_owned() })
}

fn cells<const N: usize>(cells: [&str; N]) -> [String; N] {
    cells.map(str::to_owned)
}

/// `new`, `known`, or the code of the refusal, by the row's number.
fn told(answers: &[jixue::org::lists::RowAnswer]) -> Vec<(u32, String)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::New => "new".to_owned(),
        Outcome::Known => "known".to_owned(),
        Outcome::Refused(refused) => refused.code.to_owned(),
    };
    answers.iter().map(|answer| (answer.number, word(&answer.outcome))).collect()
}

fn expected(rows: &[&str]) -> Vec<(u32, String)> {
    rows.iter().zip(2..).map(|(word, number)| (number, (*word).to_owned())).collect()
}

const UNIT_HEAD: [&str; 7] =
    ["序号", "单位名称（全称）", "统一社会信用代码", "备注", "所属区县", "行业系统", "单位性质"];

#[tokio::test]
async fn a_list_of_units_keeps_its_good_rows_and_answers_each() {
    in_offices(async |office| {
        let rows = [
            cells(["1", "青云学校", "12431000MJX000018D", "", "北湖区", "教育", "事业单位"]),
            cells(["2", "青云 学校", "12431000MJX000018D", "", "431002", "教育", ""]),
            cells(["3", "云溪医院", "12431021MJX000034G", "", "北湖区", "卫生", "事业单位"]),
            cells(["4", "云溪医院急诊科", "", "内设机构", "北湖区", "卫生系统", ""]),
            cells(["5", "白露医院", "", "", "北湖区", "卫生", ""]),
            cells(["6", "白露医院", "1.2431E+17", "", "北湖区", "卫生", ""]),
            cells(["7", "白露医院", "12431021MJX000034G", "", "北湖区", "卫生", ""]),
            cells(["8", "白露医院", "", "内设机构", "苏仙区", "卫生", ""]),
            cells(["9", "白露医院", "", "内设机构", "火星区", "卫生", ""]),
            cells(["10", "白露医院", "", "内设机构", "北湖区", "魔法", ""]),
            cells(["11", "20261123", "", "内设机构", "北湖区", "卫生", ""]),
        ];
        let answers = expected(&[
            "new",
            "new",
            "known",
            "new",
            "unit.reason_missing",
            "uscc.damaged_by_spreadsheet",
            "org.uscc_taken",
            "unit.region_beyond",
            "unit.region_unknown",
            "unit.industry_word_unknown",
            "unit.name_not_a_name",
        ]);
        let before = office.count("SELECT COUNT(*) FROM employer_unit").await;
        let bytes = bytes::Bytes::from(list_below(&UNIT_HEAD, &rows));
        let scope = county("431002");
        let checked = import_units(office, &scope, bytes.clone(), true).await.unwrap();
        assert_eq!(told(&checked), answers, "what would become of each row");
        assert_eq!(office.count("SELECT COUNT(*) FROM employer_unit").await, before, "a check writes nothing");
        let taken = import_units(office, &scope, bytes.clone(), false).await.unwrap();
        let mut written = answers.clone();
        written[1].1 = "known".to_owned();
        assert_eq!(told(&taken), written, "the second of two equal rows is known by then");
        assert_eq!(office.count("SELECT COUNT(*) FROM employer_unit").await, before + 2);
        let again = import_units(office, &scope, bytes, false).await.unwrap();
        assert_eq!(
            told(&again).iter().filter(|(_, word)| word == "new").count(),
            0,
            "the same list again changes nothing"
        );
        let headless = bytes::Bytes::from(list_below(&["甲", "乙", "丙", "丁", "戊", "己", "庚"], &rows));
        let refused = import_units(office, &scope, headless, false).await.unwrap_err();
        assert_eq!(refused.code(), Some("list.column_missing"));
    })
    .await;
}

const WORK_HEAD: [&str; 7] = ["姓名", "身份证号", "单位", "科室", "调入日期", "离职日期", "备注"];

async fn employed(office: &Office) -> i64 {
    office.count("SELECT COUNT(*) FROM employment WHERE ended_on IS NULL").await
}

#[tokio::test]
async fn a_list_of_employments_moves_and_lets_go_people_who_are_known() {
    in_offices(async |office| {
        let today = office.today();
        let row = |number: usize, unit: &str, from: &str, until: &str| {
            let name = person(number)[0].clone();
            [
                name,
                identity_number(number),
                unit.to_owned(),
                "内科".to_owned(),
                from.to_owned(),
                until.to_owned(),
                String::new(),
            ]
        };
        let mut stranger = row(1, "青山中学", &today, "");
        stranger[0] = "王小明".to_owned();
        let rows = [
            row(1, "青山中学", &today, ""),
            row(2, "12431021MJX000034G", "", &today),
            row(3, "云溪医院", &today, ""),
            row(50, "青山中学", &today, ""),
            stranger,
            row(3, "不存在的单位", &today, ""),
            row(3, "青山中学", "昨天", ""),
            row(3, "青山中学", "", ""),
            row(3, "青山中学", "2199-01-01", ""),
        ];
        let answers = expected(&[
            "new",
            "new",
            "known",
            "move.nobody_known",
            "roster.name_differs",
            "list.unit_unknown",
            "list.day_unreadable",
            "list.day_missing",
            "move.day_unfit",
        ]);
        let bytes = bytes::Bytes::from(list_below(&WORK_HEAD, &rows));
        let everywhere = Scope::system("test");
        assert_eq!(told(&import_employments(office, &everywhere, bytes.clone(), true).await.unwrap()), answers);
        assert_eq!(employed(office).await, 4, "a check moves nobody");
        assert_eq!(told(&import_employments(office, &everywhere, bytes.clone(), false).await.unwrap()), answers);
        assert_eq!(employed(office).await, 3);
        let again = import_employments(office, &everywhere, bytes, false).await.unwrap();
        assert_eq!(told(&again)[..2], expected(&["known", "known"]), "the same list again changes nothing");
        let back = bytes::Bytes::from(list_below(&WORK_HEAD, &[row(1, "云溪医院", &today, "")]));
        let county = import_employments(office, &county("431002"), back, false).await.unwrap();
        assert_eq!(told(&county), expected(&["roster.works_elsewhere"]), "nobody is taken from the next county");
    })
    .await;
}

/// Personnel systems call things as they like; the operator says once what the words mean.
#[tokio::test]
async fn the_operator_explains_the_words_of_a_header() {
    in_offices(async |office| {
        let unit = first(office).await;
        let scope = Scope::system("test");
        let rows = [person(5), person(6)];
        let head = ["员工", "证照", "移动号", "组", "系", "级"];
        let names = [("员工", Column::Name), ("证照", Column::IdentityNumber), ("移动号", Column::Phone)];
        let names: Vec<(String, Column)> = names.map(|(word, column)| (word.to_owned(), column)).to_vec();
        let bytes = bytes::Bytes::from(roster_below(&head, &rows));
        let unexplained = import_roster_named(office, &scope, unit, "m.xlsx", bytes.clone(), &[]).await.unwrap_err();
        assert_eq!(unexplained.code(), Some("roster.columns_unknown"));
        let report = import_roster_named(office, &scope, unit, "m.xlsx", bytes, &names).await.unwrap();
        assert_eq!((report.added, report.refused), (2, 0), "{:?}", report.refused_rows);
    })
    .await;
}

/// Somebody without a resident's card studies like everybody: found by the passport, shown masked.
#[tokio::test]
async fn a_passport_is_a_document_like_any_other() {
    in_offices(async |office| {
        let unit = first(office).await;
        let head = ["姓名", "证件号码", "手机号", "科室", "职称系列", "职称级别", "证件类型"];
        let [_, _, phone, ..] = person(7);
        let row = ["John Smith", "E12345678", &phone, "外科", "", "", "护照"].map(str::to_owned);
        let sheet = list_below(&head, &[row]);
        let report =
            jixue::org::import_roster(office, &Scope::system("test"), unit, "p.xlsx", sheet.into()).await.unwrap();
        assert_eq!((report.added, report.refused), (1, 0), "{:?}", report.refused_rows);
        let root = office.officer("431000").await;
        let (_, found) = root.get("/bureau/people?find=e12345678").await;
        assert!(
            found.contains("John Smith") && found.contains("E1*****78") && !found.contains("E12345678<"),
            "{found}"
        );
        let kept = "SELECT COUNT(*) FROM learner WHERE identity_kind = 'passport'";
        assert_eq!(office.count(kept).await, 1);
    })
    .await;
}
