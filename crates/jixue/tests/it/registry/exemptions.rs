//! Exemptions: asked for by one, decided by another; what the year requires follows at once and comes back when they end.

use super::{Desk, post};
use crate::credit::office::{Office, in_offices, list};
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, person};
use jixue::db::Tx;
use jixue::oversight::progress_by_region;
use jixue_core::scope::Scope;

async fn last(office: &Office) -> i64 {
    office.count("SELECT MAX(exemption_id) FROM exemption").await
}

/// Required, finished and exempt people of the first county.
async fn counts(office: &Office) -> (i64, i64, i64) {
    let year = office.year;
    let read = async move |tx: &Tx<'_>| progress_by_region(tx, &Scope::system("test"), year).await;
    let regions = office.db.read(read).await.expect("progress");
    let progress = regions.iter().find(|region| region.code == "431002").expect("the county").progress;
    (progress.required, progress.finished, progress.exempt)
}

async fn assert_counted(office: &Office) {
    let year = office.year;
    let different = office.db.read(async move |tx: &Tx<'_>| jixue::oversight::recount(tx, year).await).await.unwrap();
    assert!(different.is_empty(), "{different:?}");
}

fn form<'a>(sort: &'a str, from: &'a str, until: &'a str) -> [(&'a str, &'a str); 4] {
    [("sort", sort), ("from", from), ("until", until), ("reason", "人社批〔2026〕7号")]
}

#[tokio::test]
async fn a_year_off_takes_a_person_out_of_what_is_required_until_it_ends() {
    in_offices(async |office| {
        let (old, other) = (Desk::of(office, CLERK_OF_FIRST).await, Desk::of(office, CLERK_OF_SECOND).await);
        let (county, next_door) = (office.officer("431002").await, office.officer("431003").await);
        let (learner, year) = (office.learner(1), office.year);
        let (from, until) = (format!("{year}-02-01"), format!("{year}-10-31"));
        let ask = format!("/people/{learner}/exemptions");
        let good = form("maternity", &from, &until);
        assert_eq!(counts(office).await, (3, 0, 0));

        assert_eq!(other.post(&ask, &good).await, (404, "request.not_found".to_owned()), "a colleague of no one here");
        for (field, value, code) in [
            ("sort", "holiday", "exemption.sort_unknown"),
            ("from", "spring", "year.date_unreadable"),
            ("from", "2199-01-01", "exemption.dates_unfit"),
            ("from", "1999-01-01", "exemption.dates_unfit"),
            ("from", until.as_str(), "exemption.too_short"),
            ("reason", "  ", "exemption.reason_missing"),
        ] {
            let mut wrong = good;
            wrong.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = value);
            assert_eq!(old.post(&ask, &wrong).await, (422, code.to_owned()), "{field} {value}");
        }
        assert_eq!(old.post(&ask, &good).await, (303, format!("/people/{learner}?done=exemption_asked")));
        assert_eq!(old.post(&ask, &good).await, (409, "exemption.asked_already".to_owned()));
        assert_eq!(counts(office).await, (3, 0, 0), "asking changes nothing yet");

        let decision = format!("/exemptions/{}/decision", last(office).await);
        let grant = [("decision", "grant")];
        assert_eq!(old.post(&decision, &grant).await.0, 403, "a clerk decides nothing");
        assert_eq!(post(&next_door, &decision, &grant).await, (404, "request.not_found".to_owned()));
        assert_eq!(post(&county, &decision, &[("decision", "refuse")]).await.1, "exemption.reason_missing");
        let (_, page) = county.get("/exemptions?state=asked").await;
        assert!(page.contains(&person(1)[0]) && page.contains("人社批") && page.contains("整年豁免"), "{page}");
        assert!(!next_door.get("/exemptions").await.1.contains(&person(1)[0]));
        assert_eq!(post(&county, &decision, &grant).await.0, 303);
        assert_eq!(post(&county, &decision, &grant).await, (409, "exemption.decided".to_owned()));

        assert_eq!(counts(office).await, (2, 0, 1));
        assert_counted(office).await;
        let (_, desk) = old.get("/unit/people?state=exempt").await;
        assert!(desk.contains(&person(1)[0]) && !desk.contains(&person(2)[0]), "{desk}");
        let unfinished = old.get("/unit/people?state=unfinished").await.1;
        assert!(!unfinished.contains(&person(1)[0]) && unfinished.contains(&person(2)[0]));
        let learner_pages = office.test.sign_in(&person(1)[2]).await;
        let page = |path: &'static str| {
            let request = learner_pages.get(office.url(path));
            async { request.send().await.expect("an answer").text().await.expect("a page") }
        };
        assert!(page("/learn").await.contains("本年度已豁免"));
        let archive = page("/credit").await;
        assert!(archive.contains("豁免：产假") && !archive.contains("人社批"), "the sort, not the reason: {archive}");

        let ending = format!("/exemptions/{}/ending", last(office).await);
        assert_eq!(post(&county, &ending, &[("why", "")]).await.1, "exemption.reason_missing");
        assert_eq!(post(&county, &ending, &[("why", "提前返岗")]).await.0, 303);
        assert_eq!(post(&county, &ending, &[("why", "提前返岗")]).await.1, "exemption.not_granted");
        assert_eq!(counts(office).await, (3, 0, 0));
        assert_counted(office).await;
        assert!(!page("/learn").await.contains("本年度已豁免"));
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'exemption_changed'").await, 3);
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'learner_left'").await, 0);
    })
    .await;
}

/// Thirty hours fewer: who has studied the rest has met the year the moment the exemption is granted.
#[tokio::test]
async fn fewer_hours_are_asked_and_who_has_them_has_met_the_year() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let mut public = office.line(2, "30");
        public[2] = "公需科目".to_owned();
        public[4] = "公需课程".to_owned();
        let hours = root.send(&list(&[office.line(2, "30"), public])).await;
        assert_eq!(root.confirm(&hours).await.0, 303);
        office.test.settle().await;
        assert_eq!(counts(office).await, (3, 0, 0));
        let (county, learner, year) = (office.officer("431002").await, office.learner(2), office.year);
        let (from, until) = (format!("{year}-03-01"), format!("{year}-05-31"));
        let ask = format!("/people/{learner}/exemptions");
        assert_eq!(post(&county, &ask, &form("short_leave", &from, &until)).await.0, 303);
        let decision = format!("/exemptions/{}/decision", last(office).await);
        let own = post(&county, &decision, &[("decision", "grant")]).await;
        assert_eq!(own, (409, "exemption.own_request".to_owned()), "nobody decides their own request");
        assert_eq!(post(&root, &decision, &[("decision", "grant")]).await.0, 303);
        office.test.settle().await;
        assert_eq!(counts(office).await, (3, 1, 0));
        assert_counted(office).await;
        let certificates = "SELECT COUNT(*) FROM certificate WHERE kind = 'annual'";
        assert_eq!(office.count(certificates).await, 1, "the year's certificate is due");
        let desk = Desk::of(office, CLERK_OF_FIRST).await;
        assert!(desk.get("/unit/people?state=finished").await.1.contains("30 / 30"));
    })
    .await;
}

/// What was granted before the person's year began counts from its first day; what was withdrawn never does.
#[tokio::test]
async fn an_exemption_older_than_the_requirement_counts_and_a_withdrawn_one_does_not() {
    in_offices(async |office| {
        let (old, county) = (Desk::of(office, CLERK_OF_FIRST).await, office.officer("431002").await);
        let (learner, next) = (office.learner(3), office.year.0 + 1);
        let ask = format!("/people/{learner}/exemptions");
        let (from, until) = (format!("{next}-01-01"), format!("{next}-12-31"));
        assert_eq!(old.post(&ask, &form("study_abroad", &from, &until)).await.0, 303);
        assert_eq!(old.post(&format!("/exemptions/{}/withdrawal", last(office).await), &[]).await.0, 303);
        assert_eq!(old.post(&ask, &form("secondment", &from, &until)).await.0, 303);
        let id = last(office).await;
        assert_eq!(post(&county, &format!("/exemptions/{id}/decision"), &[("decision", "grant")]).await.0, 303);
        assert_eq!(old.post(&format!("/exemptions/{id}/withdrawal"), &[]).await.1, "exemption.decided");
        let year = jixue_core::time::Year(next);
        let unit = office.count("SELECT unit_id FROM employer_unit WHERE uscc = '12431021MJX000034G'").await;
        jixue::credit::require_unit(office, jixue_core::id::UnitId::from_raw(unit), year).await.expect("a year begins");
        let exempt = "SELECT CAST(SUM(exempt) AS BIGINT) FROM progress_rollup";
        assert_eq!((office.count(exempt).await, office.count("SELECT COUNT(waived_at) FROM standing").await), (1, 1));
        let recount = async move |tx: &Tx<'_>| jixue::oversight::recount(tx, year).await;
        assert!(office.db.read(recount).await.unwrap().is_empty());
    })
    .await;
}

/// Years before the employment began stay with the unit that was answerable; who reaches the person now still reads them.
/// Nobody lets themselves off: an officer who studies too does not decide about their own year.
#[tokio::test]
async fn an_officer_does_not_decide_about_their_own_year() {
    in_offices(async |office| {
        const IS_ALSO: &str = "UPDATE account SET learner_id = $1 WHERE account_id = (SELECT s.account_id FROM session s
            JOIN role_grant g ON g.grant_id = s.grant_id WHERE g.region_code = '431002' ORDER BY s.created_at DESC LIMIT 1)";
        let (clerk, county) = (Desk::of(office, CLERK_OF_FIRST).await, office.officer("431002").await);
        let (learner, year) = (office.learner(1), office.year);
        let (from, until) = (format!("{year}-02-01"), format!("{year}-10-31"));
        assert_eq!(clerk.post(&format!("/people/{learner}/exemptions"), &form("maternity", &from, &until)).await.0, 303);
        let exemption = format!("/exemptions/{}", last(office).await);
        let alike = async move |tx: &Tx<'_>| tx.execute(IS_ALSO, jixue::db::values![learner]).await;
        assert_eq!(office.db.write(alike).await.expect("an officer who studies"), 1);
        let own = (409, "exemption.own_request".to_owned());
        assert_eq!(post(&county, &format!("{exemption}/decision"), &[("decision", "grant")]).await, own);
        let root = office.officer("431000").await;
        assert_eq!(post(&root, &format!("{exemption}/decision"), &[("decision", "grant")]).await.0, 303);
        assert_eq!(post(&county, &format!("{exemption}/ending"), &[("why", "回来上班了")]).await, own);
    })
    .await;
}

#[tokio::test]
async fn past_years_stay_with_the_unit_of_then() {
    in_offices(async |office| {
        let (learner, year) = (office.learner(2), office.year);
        let past = async move |tx: &Tx<'_>| {
            const PAST: &str = "INSERT INTO standing (learner_id, year, unit_id, region_code, public_seconds,
                    professional_seconds)
                SELECT learner_id, CAST($2 AS BIGINT), unit_id, region_code, 0, 0 FROM standing
                WHERE learner_id = $1 AND year = CAST($3 AS BIGINT)";
            const COUNTED: &str =
                "INSERT INTO progress_rollup (year, unit_id, region_code, required, paid, learning, finished)
                SELECT year, unit_id, region_code, 1, 0, 0, 0 FROM standing WHERE year = $1";
            let before = jixue_core::time::Year(year.0 - 1);
            tx.execute(PAST, jixue::db::values![learner, before, year]).await?;
            tx.execute(COUNTED, jixue::db::values![before]).await
        };
        office.db.write(past).await.expect("a past year");
        let root = office.officer("431000").await;
        let today = office.today();
        let moved = [("unit", "91431081MJX0000423"), ("department", ""), ("on", today.as_str())];
        assert_eq!(post(&root, &format!("/people/{learner}/unit"), &moved).await.0, 303);
        let at = |year: i64, uscc: &'static str| {
            let sql = "SELECT COUNT(*) FROM standing s JOIN employer_unit u ON u.unit_id = s.unit_id
                WHERE s.learner_id = $1 AND s.year = $2 AND u.uscc = $3";
            async move {
                let read =
                    async move |tx: &Tx<'_>| tx.query_value::<i64>(sql, jixue::db::values![learner, year, uscc]).await;
                office.db.read(read).await.expect("a count")
            }
        };
        assert_eq!(at(year.0 - 1, "12431021MJX000034G").await, 1, "last year stays");
        assert_eq!(at(year.0, "91431081MJX0000423").await, 1, "this year goes along");
        for counted in [year, jixue_core::time::Year(year.0 - 1)] {
            let recount = async move |tx: &Tx<'_>| jixue::oversight::recount(tx, counted).await;
            assert!(office.db.read(recount).await.unwrap().is_empty(), "{counted}");
        }
        assert_eq!(office.count("SELECT COUNT(*) FROM employment WHERE ended_on IS NULL").await, 4);
    })
    .await;
}
