//! OneRoster packages: schools become units, their staff the units' rosters; what is no such package is refused by its name.

use crate::credit::office::{Office, in_offices};
use crate::org::{identity_number, person};
use jixue::db::{Tx, values};
use jixue::error::Result;
use jixue::org::lists::Outcome;
use jixue::org::oneroster::{PackageReport, import_oneroster};
use jixue_core::scope::Scope;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const PEOPLE: &str = "SELECT COUNT(*) FROM learner";
const UNITS: &str = "SELECT COUNT(*) FROM employer_unit";

fn zipped(files: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a file");
        writer.write_all(text.as_bytes()).expect("its text");
    }
    writer.finish().expect("an archive").into_inner()
}

fn manifest(version: &str, files: &[(&str, &str)]) -> (&'static str, String) {
    let mut text = format!("propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n");
    for (name, mode) in files {
        text.push_str(&format!("file.{name},{mode}\n"));
    }
    ("manifest.csv", text)
}

/// One school with a good code, its department, one without a code, one to be deleted, and the county's office.
fn orgs() -> (&'static str, String) {
    let text = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
        o1,,,青云学校,school,12431002MA9A1A0138,d1\n\
        o2,active,,青云学校高中部,department,,o1\n\
        o3,,,无码学校,school,,d1\n\
        o4,tobedeleted,,旧学校,school,12431002MA9A1A0213,d1\n\
        d1,,,北湖区教育局,district,,\n";
    ("orgs.csv", text.to_owned())
}

/// A user of 1.1 by number of a sample person.
fn user(number: usize, orgs: &str, role: &str, status: &str, enabled: &str) -> String {
    let [name, identity, phone, ..] = person(number);
    let (family, given) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
    // Of even people the number stands among other identifiers.
    let (identifier, ids) = match number % 2 {
        0 => ("T-1".to_owned(), format!("\"{{工号:T-1}},{{身份证:{identity}}}\"")),
        _ => (identity, String::new()),
    };
    format!("u{number},{status},,{enabled},{orgs},{role},u{number},{ids},{given},{family},,{identifier},,{phone},,,,\n")
}

fn users() -> (&'static str, String) {
    let mut text =
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,\
        middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
            .to_owned();
    text.push_str(&user(51, "o1", "teacher", "", "true"));
    text.push_str(&user(52, "\"o2,o1\"", "administrator", "active", "true"));
    text.push_str(&user(53, "o1", "student", "", "true"));
    text.push_str(&user(54, "o1", "teacher", "tobedeleted", "true"));
    text.push_str(&user(55, "o1", "teacher", "", "false"));
    text.push_str(&user(56, "o3", "teacher", "", "true"));
    text.push_str(&user(57, "o9", "teacher", "", "true"));
    let (given, family) = ("小明", "王");
    text.push_str(&format!("u58,,,true,o1,teacher,u58,,{given},{family},,123,,13800000058,,,,\n"));
    ("users.csv", text)
}

fn bulk() -> (&'static str, String) {
    manifest("1.1", &[("orgs", "bulk"), ("users", "bulk"), ("classes", "absent")])
}

async fn taken(office: &Office, files: &[(&str, String)], check: bool) -> Result<PackageReport> {
    import_oneroster(office, &Scope::system("test"), zipped(files).into(), ("431002", check)).await
}

fn outcomes(report: &PackageReport) -> Vec<(u32, &str)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::New => "new",
        Outcome::Known => "known",
        Outcome::Refused(refused) => refused.code,
    };
    let mut all: Vec<_> = report.units.iter().map(|answer| (answer.number, word(&answer.outcome))).collect();
    all.sort_unstable();
    all
}

fn skipped(report: &PackageReport) -> Vec<(&str, u32, &str)> {
    let mut all: Vec<_> = report.skipped.iter().map(|one| (one.file, one.line, one.code)).collect();
    all.sort_unstable();
    all
}

async fn departments(office: &Office) -> Vec<String> {
    const DEPARTMENTS: &str = "SELECT e.department FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE u.name = '青云学校' ORDER BY e.department";
    office
        .db
        .read(async |tx: &Tx<'_>| tx.query(DEPARTMENTS, values![], |row| row.get(0)).await)
        .await
        .expect("departments")
}

/// Each row is answered by its line, whoever is no staff or has left stays out, and the same package again changes nothing.
#[tokio::test]
async fn schools_and_their_staff_come_in_and_the_same_package_again_changes_nothing() {
    in_offices(async |office| {
        let files = [bulk(), orgs(), users()];
        let (units, people) = (office.count(UNITS).await, office.count(PEOPLE).await);
        let looked = taken(office, &files, true).await.unwrap();
        assert_eq!(outcomes(&looked), [(2, "new"), (4, "unit.reason_missing")]);
        assert_eq!((looked.rosters.len(), looked.rosters[0].people), (1, 3));
        assert_eq!((office.count(UNITS).await, office.count(PEOPLE).await), (units, people), "a check writes nothing");
        for (round, (added, known)) in [(2, 0), (2, 0)].into_iter().enumerate() {
            let report = taken(office, &files, false).await.unwrap();
            let word = if round == 0 { "new" } else { "known" };
            assert_eq!(outcomes(&report), [(2, word), (4, "unit.reason_missing")]);
            let roster = &report.rosters[0];
            let done = roster.report.as_ref().unwrap().as_ref().unwrap();
            // The same roster again is the same import.
            assert_eq!((done.added, done.known, done.refused), (added, known, 1), "round {round}");
            let wrong = &done.refused_rows[0];
            assert_eq!((roster.line(wrong.number), wrong.raw.name.as_str()), (Some(9), "王小明"));
            assert_eq!(
                skipped(&report),
                [
                    ("orgs.csv", 5, "oneroster.skipped_deleted"),
                    ("orgs.csv", 6, "oneroster.skipped_not_a_unit"),
                    ("users.csv", 4, "oneroster.skipped_not_staff"),
                    ("users.csv", 5, "oneroster.skipped_deleted"),
                    ("users.csv", 6, "oneroster.skipped_inactive"),
                    ("users.csv", 7, "oneroster.skipped_unit_refused"),
                    ("users.csv", 8, "oneroster.skipped_org_unknown"),
                ]
            );
            assert_eq!((office.count(UNITS).await, office.count(PEOPLE).await), (units + 1, people + 2));
        }
        assert_eq!(departments(office).await, ["", "青云学校高中部"]);
        office.test.settle().await;
    })
    .await;
}

/// In 1.2 a table of its own says who works where.
#[tokio::test]
async fn version_1_2_says_in_roles_who_works_where() {
    in_offices(async |office| {
        let [name, identity, phone, ..] = person(61);
        let (family, given) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
        let (other_given, other_family) = ("小红", "李");
        let users = format!(
            "\u{feff}sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,\
             email,sms,phone\nu1,,,true,u1,,{given},{family},,{identity},,,{phone}\nu2,,,true,u2,,{other_given},{other_family},,1,,,\n"
        );
        let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n\
            r1,,,u1,secondary,teacher,,,o9\nr2,,,u1,primary,teacher,,,o1\nr3,tobedeleted,,u2,primary,teacher,,,o1\n";
        let people = office.count(PEOPLE).await;
        let manifest = manifest("1.2", &[("orgs", "bulk"), ("users", "bulk"), ("roles", "bulk")]);
        let files = [manifest, orgs(), ("users.csv", users), ("roles.csv", roles.to_owned())];
        let report = taken(office, &files, false).await.unwrap();
        assert_eq!(office.count(PEOPLE).await, people + 1);
        assert!(skipped(&report).contains(&("users.csv", 3, "oneroster.skipped_no_role")), "{report:?}");
        assert!(!format!("{report:?}").contains(&identity_number(61)), "numbers stand in no report");
    })
    .await;
}

/// A half package, a bomb or another archive: each has its own sentence, and nothing is written.
#[tokio::test]
async fn what_is_no_bulk_package_is_refused_by_its_name() {
    in_offices(async |office| {
        let (units, people) = (office.count(UNITS).await, office.count(PEOPLE).await);
        let delta = manifest("1.1", &[("orgs", "bulk"), ("users", "delta")]);
        let old = manifest("1.0", &[("orgs", "bulk"), ("users", "bulk")]);
        let without = manifest("1.1", &[("orgs", "bulk"), ("users", "absent")]);
        let no_roles = manifest("1.2", &[("orgs", "bulk"), ("users", "bulk")]);
        let bomb = " ".repeat(49 << 20);
        let cut = ("users.csv", "sourcedId,role\nu1,teacher\n".to_owned());
        let workbook = ("orgs.csv", "PK\u{3}\u{4}".to_owned());
        for (what, files, code) in [
            ("no manifest", vec![orgs(), users()], "oneroster.no_manifest"),
            ("a folder within", vec![("a/manifest.csv", bulk().1), orgs(), users()], "oneroster.no_manifest"),
            ("another version", vec![old, orgs(), users()], "oneroster.version_unknown"),
            ("changes only", vec![delta, orgs(), users()], "oneroster.delta"),
            ("users absent", vec![without, orgs(), users()], "oneroster.file_missing"),
            ("users not there", vec![bulk(), orgs()], "oneroster.file_missing"),
            ("1.2 without roles", vec![no_roles, orgs(), users()], "oneroster.file_missing"),
            ("columns missing", vec![bulk(), orgs(), cut], "oneroster.column_missing"),
            ("a workbook for a table", vec![bulk(), workbook, users()], "sheet.unknown_format"),
            ("a bomb", vec![bulk(), orgs(), users(), ("classes.csv", bomb)], "sheet.too_much_inside"),
        ] {
            let refused = taken(office, &files, false).await.expect_err(what);
            assert_eq!(refused.code(), Some(code), "{what}");
        }
        for (bytes, code) in
            [(b"PK\x03\x04".to_vec(), "sheet.damaged"), (b"sourcedId".to_vec(), "sheet.unknown_format")]
        {
            let refused =
                import_oneroster(office, &Scope::system("test"), bytes.into(), ("", false)).await.unwrap_err();
            assert_eq!(refused.code(), Some(code));
        }
        assert_eq!((office.count(UNITS).await, office.count(PEOPLE).await), (units, people));
    })
    .await;
}
