//! Taking a list of units or of employments back within a day.

use super::list_imports::{EMPLOYMENTS, UNIT_HEAD, UNITS, WORK_HEAD, apply, id_of, sent, unit, work};
use super::post;
use crate::credit::office::{Office, Officer, in_offices, list_below};
use crate::org::person;
use jixue::db::{Tx, Value, values};
use jixue::identity::{Granting, NewAccount, give_grant, open_account};
use jixue::org::lists::{foresee_undo, undo};
use jixue::org::{UnitChange, add_person, change_unit, name_alias};
use jixue_core::id::{ImportId, UnitId};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

const TAKEN_BACK: &str = "SELECT COUNT(*) FROM fact WHERE kind = 'list_import_undone'";
const REMOVED: &str = "SELECT COUNT(*) FROM fact WHERE kind = 'unit_removed'";
const IN_TRAIL: &str = "SELECT COUNT(*) FROM audit_entry WHERE action = 'list_undone' AND account_id > 0
    AND region_code = '431002' AND words = '2'";
const EMPLOYED: &str = "SELECT COUNT(*) FROM employment WHERE ended_on IS NULL";
const ALL_EMPLOYMENTS: &str = "SELECT COUNT(*) FROM employment";
const WAYS: &str = "SELECT u.name FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
    WHERE e.learner_id = $1 AND e.ended_on IS NULL";
const YEARS: &str =
    "SELECT COUNT(*) FROM standing s JOIN employer_unit u ON u.unit_id = s.unit_id WHERE u.name = '云溪医院'";
const PAY: &str = "INSERT INTO seat (learner_id, year, subject, payer_id, order_id, paid_at)
    VALUES ($1, 2026, 'public', $1, 1, CAST($2 AS BIGINT))";

fn import_of(list: &str) -> ImportId {
    ImportId::from_raw(id_of(list))
}

async fn unit_named(office: &Office, name: &'static str) -> Option<UnitId> {
    const NAMED: &str = "SELECT unit_id FROM employer_unit WHERE name = $1";
    let read = async move |tx: &Tx<'_>| tx.query_value_optional(NAMED, values![name]).await;
    office.db.read(read).await.expect("a look")
}

async fn works_at(office: &Office, number: usize) -> Option<String> {
    let learner = office.learner(number);
    let read = async move |tx: &Tx<'_>| tx.query_value_optional(WAYS, values![learner]).await;
    office.db.read(read).await.expect("a look")
}

async fn set(office: &Office, sql: &'static str, values: Vec<Value>) {
    office.db.write(async move |tx: &Tx<'_>| tx.execute(sql, &values).await).await.expect("a change");
}

/// The rows that stay: number and code of why.
async fn stayed(office: &Office, list: &str) -> Vec<(i64, String)> {
    const ROWS: &str =
        "SELECT row_no, refusal FROM list_import_row WHERE import_id = $1 AND state = 'stayed' ORDER BY row_no
        LIMIT 100";
    let id = id_of(list);
    let read = async move |tx: &Tx<'_>| {
        tx.query(ROWS, values![id], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?))).await
    };
    let rows = office.db.read(read).await.expect("rows");
    let code = |kept: String| {
        let kept: serde_json::Value = serde_json::from_str(&kept).expect("a reason");
        kept["code"].as_str().unwrap_or_default().to_owned()
    };
    rows.into_iter().map(|(number, kept)| (number, code(kept))).collect()
}

fn named(rows: &[(i64, &str)]) -> Vec<(i64, String)> {
    rows.iter().map(|(number, code)| (*number, (*code).to_owned())).collect()
}

async fn undoing(officer: &Officer<'_>, list: &str) -> (u16, String) {
    post(officer, &format!("{list}/undoing"), &[]).await
}

/// Somebody comes, a clerk is named, an officer corrects and an alias is told while the wrong list stands.
async fn use_units(office: &Office, names: [&'static str; 4]) {
    let scope = Scope::system("test");
    let mut units = Vec::new();
    for name in names {
        units.push(unit_named(office, name).await.expect("a unit"));
    }
    let row = person(40);
    let at = office.at();
    let write = async move |tx: &Tx<'_>| {
        add_person(tx, &at, &scope, units[0], &newcomer(&row)).await?;
        let new =
            NewAccount { name: "何静".to_owned(), phone: None, login: None, password_hash: None, learner: None };
        let account = open_account(tx, &at, &new).await?;
        let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit: units[1] }, until: None };
        give_grant(tx, &at, &scope, &granting).await?;
        let change = UnitChange {
            uscc: Err("内设机构".to_owned()),
            name: "丙镇卫生院".to_owned(),
            kind: "enterprise".to_owned(),
            industry: "health".to_owned(),
        };
        change_unit(tx, &at, &scope, units[2], &change).await?;
        name_alias(tx, &at, &scope, units[3], "丁镇医院").await
    };
    office.db.write(write).await.expect("four uses");
}

fn newcomer(row: &[String; 6]) -> jixue_core::org::RosterPerson {
    use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
    use jixue_core::org::{PersonName, Phone, RosterPerson};
    let areas = AreaPolicy::ANY.with_demo(true);
    RosterPerson {
        name: PersonName::parse(&row[0]).expect("a name"),
        identity_number: IdentityNumber::parse(&row[1], jixue_core::time::BusinessDate(20_261_231), areas)
            .expect("a number"),
        phone: Phone::parse(&row[2]).expect("a phone"),
        department: None,
        title: None,
    }
}

/// The wrong file is taken back; what somebody used or changed meanwhile is kept and named, and the mended file comes in.
#[tokio::test]
async fn units_leave_the_registry_again_unless_something_hangs_on_them() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let names = ["甲镇卫生院", "乙镇卫生院", "丙镇卫生院", "丁镇卫生院", "戊镇卫生院", "己镇卫生院"];
        let rows: Vec<_> = names.iter().map(|name| unit("1", name, "北湖区")).collect();
        let bytes = list_below(&UNIT_HEAD, &rows);
        let list = sent(&county, UNITS, &bytes).await;
        assert_eq!(county.get(&format!("{list}/undoing")).await.0, 404, "not brought in yet");
        assert_eq!(undoing(&county, &list).await, (409, "roster.not_applied".to_owned()));
        apply(&county, &list).await;
        use_units(office, [names[0], names[1], names[2], names[3]]).await;

        let (_, page) = county.get(&list).await;
        assert!(page.contains(&format!("{list}/undoing")) && page.contains("以前可以撤销"), "{page}");
        let (_, before) = county.get(&format!("{list}/undoing")).await;
        assert!(before.contains("撤销这 2 行") && before.contains("单位里有人员"), "{before}");
        let forecast = foresee_undo(office, &Scope::system("test"), import_of(&list)).await.unwrap();
        let told = |row: &jixue::org::lists::KeptRow| {
            (row.number, row.refusal.as_ref().map(|kept| kept.code.clone()).unwrap_or_default())
        };
        let foreseen: Vec<_> = forecast.staying.iter().map(told).collect();
        let expected = named(&[
            (2, "list.stays_people"),
            (3, "list.stays_clerk"),
            (4, "list.stays_changed"),
            (5, "list.stays_changed"),
        ]);
        assert_eq!((forecast.undone, forecast.stay, foreseen), (2, 4, expected.clone()));
        assert!(unit_named(office, names[4]).await.is_some(), "a look changes nothing");

        for _ in 0..2 {
            assert_eq!(undoing(&county, &list).await, (303, format!("{list}?done=list_undone")));
            assert_eq!(stayed(office, &list).await, expected);
            assert!(unit_named(office, names[4]).await.is_none() && unit_named(office, names[5]).await.is_none());
            assert!(unit_named(office, names[0]).await.is_some() && unit_named(office, names[3]).await.is_some());
        }
        let facts = (office.count(TAKEN_BACK).await, office.count(REMOVED).await, office.count(IN_TRAIL).await);
        assert_eq!(facts, (1, 2, 1));
        let (_, after) = county.get(&list).await;
        assert!(after.contains("保留的行") && after.contains("已经给这个单位授权了管理员"), "{after}");
        assert!(county.get(UNITS).await.1.contains("已撤销"));

        let again = sent(&county, UNITS, &bytes).await;
        assert_ne!(again, list, "the very file that was taken back is a new list");
        apply(&county, &again).await;
        assert!(unit_named(office, names[4]).await.is_some());
        office.test.settle().await;
    })
    .await;
}

/// People are employed as before, with their years; who was paid for or moved again since stays, by name.
#[tokio::test]
async fn people_are_employed_as_before_unless_they_were_paid_for_or_moved_since() {
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let today = office.today();
        let rows = [
            work(1, "青山中学", &today, ""),
            work(2, "青山中学", &today, ""),
            work(3, "云溪医院", "", &today),
            work(9, "云溪医院", &today, ""),
        ];
        let (employed, all, years) =
            (office.count(EMPLOYED).await, office.count(ALL_EMPLOYMENTS).await, office.count(YEARS).await);
        let bytes = list_below(&WORK_HEAD, &rows);
        let list = sent(&city, EMPLOYMENTS, &bytes).await;
        apply(&city, &list).await;
        assert_eq!(office.count(EMPLOYED).await, employed - 1);
        assert_eq!(works_at(office, 1).await.as_deref(), Some("青山中学"));
        set(office, PAY, vec![office.learner(1).into(), office.clock.now().into()]).await;
        let forecast = foresee_undo(office, &Scope::system("test"), import_of(&list)).await.unwrap();
        assert_eq!((forecast.undone, forecast.stay), (3, 1));
        let (_, before) = city.get(&format!("{list}/undoing")).await;
        assert!(before.contains("撤销这 3 行") && before.contains("已经缴费"), "{before}");
        assert!(!before.contains(&crate::org::identity_number(1)), "numbers are hidden");
        // Person 9 is moved back by hand in the meantime.
        let by_hand = list_below(&WORK_HEAD, &[work(9, "青山中学", &today, "")]);
        apply(&city, &sent(&city, EMPLOYMENTS, &by_hand).await).await;

        assert_eq!(undoing(&city, &list).await.0, 303);
        assert_eq!(stayed(office, &list).await, named(&[(2, "list.stays_paid"), (5, "list.stays_moved")]));
        for (number, unit) in [(1, "青山中学"), (2, "云溪医院"), (3, "云溪医院"), (9, "青山中学")] {
            assert_eq!(works_at(office, number).await.as_deref(), Some(unit), "person {number}");
        }
        office.test.settle().await;
        assert_eq!(office.count(EMPLOYED).await, employed);
        assert_eq!(office.count(YEARS).await, years - 1, "the years of those who went back are back");
        // Person 1 keeps two employments, person 9 three; the mistaken ones of the others are gone.
        assert_eq!(office.count(ALL_EMPLOYMENTS).await, all + 3);
        let again = sent(&city, EMPLOYMENTS, &bytes).await;
        assert_eq!(apply(&city, &again).await.0, 303);
        assert_eq!(works_at(office, 2).await.as_deref(), Some("青山中学"), "the same file again comes in");
    })
    .await;
}

/// Whoever had no unit before the list has none again, and what an open year required of them there falls away.
#[tokio::test]
async fn whoever_had_no_unit_has_none_again() {
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let today = office.today();
        let leaving = list_below(&WORK_HEAD, &[work(9, "青山中学", "", &today)]);
        apply(&city, &sent(&city, EMPLOYMENTS, &leaving).await).await;
        let (all, years) = (office.count(ALL_EMPLOYMENTS).await, office.count(YEARS).await);
        let list = sent(&city, EMPLOYMENTS, &list_below(&WORK_HEAD, &[work(9, "云溪医院", &today, "")])).await;
        apply(&city, &list).await;
        assert_eq!(office.count(YEARS).await, years + 1);
        assert_eq!(undoing(&city, &list).await.0, 303);
        assert_eq!(stayed(office, &list).await, []);
        assert_eq!(works_at(office, 9).await, None);
        assert_eq!((office.count(ALL_EMPLOYMENTS).await, office.count(YEARS).await), (all, years));
        assert_eq!(
            office
                .count("SELECT COUNT(*) FROM standing WHERE unit_id NOT IN (SELECT unit_id FROM employer_unit)")
                .await,
            0
        );
    })
    .await;
}

/// Two rows of one list build on each other: both go, the later one first.
#[tokio::test]
async fn rows_that_build_on_each_other_go_in_turn() {
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let today = office.today();
        let all = office.count(ALL_EMPLOYMENTS).await;
        let rows = [work(1, "云溪医院", "", &today), work(1, "青山中学", &today, "")];
        let list = sent(&city, EMPLOYMENTS, &list_below(&WORK_HEAD, &rows)).await;
        apply(&city, &list).await;
        assert_eq!(works_at(office, 1).await.as_deref(), Some("青山中学"));
        let forecast = foresee_undo(office, &Scope::system("test"), import_of(&list)).await.unwrap();
        assert_eq!((forecast.undone, forecast.stay), (2, 0));
        assert_eq!(undoing(&city, &list).await.0, 303);
        assert_eq!(stayed(office, &list).await, []);
        assert_eq!(works_at(office, 1).await.as_deref(), Some("云溪医院"));
        assert_eq!(office.count(ALL_EMPLOYMENTS).await, all);
    })
    .await;
}

/// A day, not longer; by whom it concerns, nobody else.
#[tokio::test]
async fn a_list_is_taken_back_in_its_time_by_whoever_reaches_it() {
    in_offices(async |office| {
        let (county, other) = (office.officer("431002").await, office.officer("431003").await);
        let list = sent(&county, UNITS, &list_below(&UNIT_HEAD, &[unit("1", "甲镇卫生院", "北湖区")])).await;
        apply(&county, &list).await;
        assert_eq!(other.get(&format!("{list}/undoing")).await.0, 404);
        assert_eq!(undoing(&other, &list).await, (404, "request.not_found".to_owned()));
        let applied = "UPDATE list_import SET applied_at = $2 WHERE import_id = $1";
        let day_ms = 24 * 3_600_000;
        let now = office.clock.now();
        set(office, applied, vec![id_of(&list).into(), now.plus_ms(-day_ms - 60_000).into()]).await;
        assert_eq!(county.get(&format!("{list}/undoing")).await.0, 404);
        assert_eq!(undoing(&county, &list).await, (409, "roster.undo_over".to_owned()));
        assert!(unit_named(office, "甲镇卫生院").await.is_some());
        set(office, applied, vec![id_of(&list).into(), now.plus_ms(60_000 - day_ms).into()]).await;
        let scope =
            Scope::granted(jixue_core::id::AccountId::from_raw(7), Reach::Region { region_code: "431002".to_owned() });
        undo(office, &scope, import_of(&list)).await.unwrap();
        assert!(unit_named(office, "甲镇卫生院").await.is_none());
        assert_eq!(apply(&county, &list).await, (409, "roster.applied_already".to_owned()));
    })
    .await;
}

/// An officer of one county must not move people out of another by taking back what the city brought in.
#[tokio::test]
async fn nobody_is_moved_beyond_the_reach_of_whoever_takes_a_list_back() {
    in_offices(async |office| {
        let (county, city) = (office.officer("431002").await, office.officer("431000").await);
        let today = office.today();
        let bytes = list_below(&WORK_HEAD, &[work(1, "青山中学", &today, "")]);
        let list = sent(&city, EMPLOYMENTS, &bytes).await;
        apply(&city, &list).await;
        // As if the county had sent it, and the city's officer had brought it in.
        set(office, "UPDATE list_import SET region_code = '431002' WHERE import_id = $1", vec![id_of(&list).into()])
            .await;
        assert_eq!(undoing(&county, &list).await.0, 303);
        assert_eq!(stayed(office, &list).await, named(&[(2, "list.stays_beyond")]));
        assert_eq!(works_at(office, 1).await.as_deref(), Some("青山中学"));
    })
    .await;
}

const ENTER: &str =
    "INSERT INTO credit_entry (learner_id, entry_id, year, subject, seconds, source, source_id, source_line,
    title, provider, happened_on, at) VALUES ($1, 1, 2026, 'public', 60, 'confirmed', 1, 1, 'a', 'b', 20260101,
    CAST($2 AS BIGINT))";

/// Hours follow whoever goes back to a unit; whoever would have none keeps the unit under which they were earned.
#[tokio::test]
async fn hours_follow_whoever_goes_back_and_hold_whoever_would_have_no_unit() {
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let today = office.today();
        let leaving = list_below(&WORK_HEAD, &[work(9, "青山中学", "", &today)]);
        apply(&city, &sent(&city, EMPLOYMENTS, &leaving).await).await;
        let rows = [work(1, "青山中学", &today, ""), work(9, "云溪医院", &today, "")];
        let list = sent(&city, EMPLOYMENTS, &list_below(&WORK_HEAD, &rows)).await;
        apply(&city, &list).await;
        for number in [1, 9] {
            set(office, ENTER, vec![office.learner(number).into(), office.clock.now().into()]).await;
        }
        let forecast = foresee_undo(office, &Scope::system("test"), import_of(&list)).await.unwrap();
        assert_eq!((forecast.undone, forecast.stay), (1, 1));
        assert_eq!(undoing(&city, &list).await.0, 303);
        assert_eq!(stayed(office, &list).await, named(&[(3, "list.stays_hours")]));
        assert_eq!(works_at(office, 1).await.as_deref(), Some("云溪医院"));
        assert_eq!(works_at(office, 9).await.as_deref(), Some("云溪医院"));
    })
    .await;
}

/// A unit had asked for somebody, and the list let them go: what two units agreed on is not undone by a list.
#[tokio::test]
async fn whoever_went_to_a_unit_that_had_asked_for_them_stays_there() {
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let second = unit_named(office, "青山中学").await.expect("a unit");
        let newcomer = newcomer(&person(1));
        let (at, index) = (office.at(), jixue::org::identity_index(&office.keys, &newcomer.identity_number));
        let ask = async move |tx: &Tx<'_>| {
            let name = newcomer.name.as_str();
            jixue::org::ask_for(tx, &at, &Scope::system("test"), second, (&index, name), "语文组").await.map(drop)
        };
        office.db.write(ask).await.expect("a request");
        let rows = [work(1, "云溪医院", "", &office.today())];
        let list = sent(&city, EMPLOYMENTS, &list_below(&WORK_HEAD, &rows)).await;
        apply(&city, &list).await;
        assert_eq!(works_at(office, 1).await.as_deref(), Some("青山中学"), "they go where they were asked for");
        let forecast = foresee_undo(office, &Scope::system("test"), import_of(&list)).await.unwrap();
        assert_eq!((forecast.undone, forecast.stay), (0, 1));
        assert!(city.get(&format!("{list}/undoing")).await.1.contains("没有可以撤销的行"));
        assert_eq!(undoing(&city, &list).await.0, 303);
        assert_eq!(stayed(office, &list).await, named(&[(2, "list.stays_asked")]));
        assert_eq!(works_at(office, 1).await.as_deref(), Some("青山中学"));
    })
    .await;
}
