//! People on their way from unit to unit: hours and history go along, what the old unit sees ends at once.

use super::{Desk, post};
use crate::credit::office::{Office, in_offices, list};
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, identity_number, person};
use jixue::credit::entries_of;
use jixue::db::Tx;
use jixue_core::id::{AccountId, LearnerId, UnitId};
use jixue_core::scope::{Reach, Scope};

/// Person 2 of the first unit as the second asks for them.
fn asked(number: usize) -> Vec<(&'static str, String)> {
    vec![
        ("name", person(number)[0].clone()),
        ("kind", "resident_card".to_owned()),
        ("number", identity_number(number)),
        ("department", "教务处".to_owned()),
    ]
}

async fn ask(desk: &Desk, number: usize) -> (u16, String) {
    let fields = asked(number);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.post("/moves", &fields).await
}

async fn last_move(office: &Office) -> i64 {
    office.count("SELECT MAX(move_id) FROM employment_move").await
}

/// How many rows of somebody's ledger a unit's clerk may read.
async fn seen_by(office: &Office, uscc: &'static str, learner: LearnerId) -> usize {
    let year = office.year;
    let read = async move |tx: &Tx<'_>| {
        let code = jixue_core::uscc::Uscc::parse(uscc)?;
        let unit: UnitId = jixue::org::unit_by_uscc(tx, &code).await?.expect("a unit").id;
        let scope = Scope::granted(AccountId::from_raw(7), Reach::Unit { unit });
        Ok(entries_of(tx, &scope, learner, year).await?.len())
    };
    office.db.read(read).await.expect("entries")
}

const FIRST: &str = "12431021MJX000034G";
const SECOND: &str = "91431081MJX0000423";

#[tokio::test]
async fn a_person_moves_with_their_hours_and_the_old_unit_sees_nothing_more() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let hours = root.send(&list(&[office.line(2, "6")])).await;
        assert_eq!(root.confirm(&hours).await.0, 303);
        office.test.settle().await;
        let learner = office.learner(2);
        assert_eq!((seen_by(office, FIRST, learner).await, seen_by(office, SECOND, learner).await), (1, 0));

        let (old, new) = (Desk::of(office, CLERK_OF_FIRST).await, Desk::of(office, CLERK_OF_SECOND).await);
        assert_eq!(ask(&new, 2).await, (303, "/moves?done=move_asked".to_owned()));
        assert_eq!(ask(&new, 2).await, (409, "move.asked_already".to_owned()));
        assert_eq!(new.get(&format!("/people/{learner}")).await.0, 404, "asking shows nothing yet");
        let (_, page) = old.get("/moves").await;
        assert!(page.contains(&person(2)[0]) && page.contains("同意调出") && !page.contains(&identity_number(2)));
        let path = format!("/moves/{}/answer", last_move(office).await);
        let today = office.today();
        let goes = [("answer", "goes"), ("on", today.as_str())];
        assert_eq!(new.post(&path, &goes).await, (404, "request.not_found".to_owned()), "who asks does not answer");
        assert_eq!(
            old.post(&path, &[("answer", "stays"), ("why", " ")]).await,
            (422, "unit.reason_missing".to_owned())
        );
        let late = [("answer", "goes"), ("on", "2199-01-01")];
        assert_eq!(old.post(&path, &late).await, (422, "move.day_unfit".to_owned()));
        assert_eq!(old.post(&path, &goes).await, (303, "/moves?done=move_answered".to_owned()));
        assert_eq!(old.post(&path, &goes).await, (409, "move.answered_already".to_owned()));

        assert_eq!((seen_by(office, FIRST, learner).await, seen_by(office, SECOND, learner).await), (0, 1));
        assert_eq!(old.get(&format!("/people/{learner}")).await.0, 404, "gone in the next request");
        let (status, page) = new.get(&format!("/people/{learner}")).await;
        assert!(
            status == 200 && page.contains("云溪医院") && page.contains("青山中学") && page.contains("教务处"),
            "{page}"
        );
        let year = office.year;
        let different =
            office.db.read(async move |tx: &Tx<'_>| jixue::oversight::recount(tx, year).await).await.unwrap();
        assert!(different.is_empty(), "{different:?}");
        office.test.settle().await;
        let year_of = "SELECT COUNT(*) FROM standing s JOIN employer_unit u ON u.unit_id = s.unit_id
            WHERE u.uscc = '91431081MJX0000423' AND s.region_code = '431003'";
        assert_eq!(office.count(year_of).await, 2);
    })
    .await;
}

/// Whoever leaves and was asked for goes there; whoever was not is nobody's until somebody takes them in.
#[tokio::test]
async fn leaving_ends_what_the_unit_sees_and_leads_on_where_somebody_asked() {
    in_offices(async |office| {
        let (old, new) = (Desk::of(office, CLERK_OF_FIRST).await, Desk::of(office, CLERK_OF_SECOND).await);
        let today = office.today();
        let [one, two] = [1, 2].map(|number| office.learner(number));
        assert_eq!(new.post(&format!("/people/{one}/leaving"), &[("on", &today)]).await.0, 404);
        assert_eq!(old.post(&format!("/people/{one}/leaving"), &[("on", "soon")]).await.0, 422);
        let left = old.post(&format!("/people/{one}/leaving"), &[("on", &today)]).await;
        assert_eq!(left, (303, "/unit/people?done=person_left".to_owned()));
        assert_eq!(old.get(&format!("/people/{one}")).await.0, 404);
        assert_eq!(ask(&new, 1).await, (303, "/unit/people?done=person_joined".to_owned()), "nobody had to be asked");
        assert_eq!(new.get(&format!("/people/{one}")).await.0, 200);

        assert_eq!(ask(&new, 2).await.0, 303);
        assert_eq!(old.post(&format!("/people/{two}/leaving"), &[("on", &today)]).await.0, 303);
        assert_eq!(new.get(&format!("/people/{two}")).await.0, 200, "went where they were asked for");
        assert_eq!(office.count("SELECT COUNT(*) FROM employment WHERE ended_on IS NULL").await, 4);
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'learner_moved'").await, 2);
        for (number, code) in [(2, "move.works_here"), (40, "move.nobody_known")] {
            assert_eq!(ask(&new, number).await.1, code);
        }
    })
    .await;
}

/// An officer of one county gives nobody away to the next, and takes nobody from it.
#[tokio::test]
async fn an_officer_moves_people_between_units_of_their_own_only() {
    in_offices(async |office| {
        let (today, learner) = (office.today(), office.learner(3));
        let form = [("unit", SECOND), ("department", ""), ("on", today.as_str())];
        for region in ["431002", "431003"] {
            let county = office.officer(region).await;
            assert_eq!(post(&county, &format!("/people/{learner}/unit"), &form).await.0, 404, "{region}");
        }
        let new = Desk::of(office, CLERK_OF_SECOND).await;
        assert_eq!(ask(&new, 2).await.0, 303);
        let path = format!("/moves/{}/answer", last_move(office).await);
        let goes = [("answer", "goes"), ("on", today.as_str())];
        for region in ["431002", "431003"] {
            assert_eq!(
                post(&office.officer(region).await, &path, &goes).await.0,
                404,
                "one end is not enough: {region}"
            );
        }
        let root = office.officer("431000").await;
        assert_eq!(post(&root, &path, &goes).await.0, 303);
        let moved = post(&root, &format!("/people/{learner}/unit"), &form).await;
        assert_eq!(moved, (303, format!("/people/{learner}?done=person_moved")));
        assert_eq!(post(&root, &format!("/people/{learner}/unit"), &form).await, (409, "move.works_here".to_owned()));
    })
    .await;
}

/// The old unit agrees while the new one withdraws: one of the two holds, and the person is employed once.
#[tokio::test]
async fn an_answer_and_a_withdrawal_at_once_leave_one_employment() {
    in_offices(async |office| {
        let (old, new) = (Desk::of(office, CLERK_OF_FIRST).await, Desk::of(office, CLERK_OF_SECOND).await);
        assert_eq!(ask(&new, 2).await.0, 303);
        let (id, today) = (last_move(office).await, office.today());
        let (answer, withdrawal) = (format!("/moves/{id}/answer"), format!("/moves/{id}/withdrawal"));
        let goes = [("answer", "goes"), ("on", today.as_str())];
        let (one, other) = tokio::join!(old.post(&answer, &goes), new.post(&withdrawal, &[]));
        assert!((one.0 == 303) != (other.0 == 303), "{one:?} {other:?}");
        assert_eq!(office.count("SELECT COUNT(*) FROM employment WHERE ended_on IS NULL").await, 4);
    })
    .await;
}
